// SPDX-License-Identifier: MIT
// Flash that obeys the rules of NOR flash: programming clears bits, only an erase sets them, and only when its
// controller allows it. C# 7, for the mono and the .NET builds of Renode.
//
// Knobs, from the monitor:
//   PowerCutAfter n   the n-th operation from now on and all that follow are lost until the machine is reset
//   PowerCutTears b   the operation that the power cut hits is done by half instead of not at all
//   PowerCutGarbage b the same, and chance decides which of its bits were done
//   BackingFile "f"   contents come from this file, or start it erased, and every operation is written through
// Counters: Operations (programs and erases that were begun), Erases, Refused (by the controller), Violations (programs that
// would have set a bit, and what else the controller says that its chip forbids).
using System;
using System.IO;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Memory
{
    // What a flash controller decides about the flash behind it.
    public interface IStrictFlashController
    {
        // A program of `width` bytes at `offset`: false refuses it. The controller sets its own error bits.
        bool BeforeProgram(StrictFlash flash, long offset, int width);

        // It was done.
        void AfterProgram(StrictFlash flash, long offset, int width);
    }

    public class StrictFlash : IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IKnownSize, IDisposable
    {
        public StrictFlash(int size)
        {
            data = new byte[size];
            Fill(0, size);
        }

        // Contents stay, as in a chip; the power is back.
        public void Reset()
        {
            IsPowerCut = false;
        }

        public void Dispose()
        {
            if(file != null)
            {
                file.Dispose();
                file = null;
            }
        }

        public byte ReadByte(long offset)
        {
            return data[offset];
        }

        public ushort ReadWord(long offset)
        {
            return BitConverter.ToUInt16(data, (int)offset);
        }

        public uint ReadDoubleWord(long offset)
        {
            return BitConverter.ToUInt32(data, (int)offset);
        }

        public void WriteByte(long offset, byte value)
        {
            Program(offset, value, 1);
        }

        public void WriteWord(long offset, ushort value)
        {
            Program(offset, value, 2);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            Program(offset, value, 4);
        }

        // For the controller: set a range to 0xff. False when the power was cut before.
        public bool Erase(long offset, long size)
        {
            var half = false;
            if(!Begin(ref half))
            {
                return false;
            }
            Erases++;
            if(half && PowerCutGarbage)
            {
                for(var i = (int)offset; i < offset + size; i++)
                {
                    data[i] |= (byte)chance.Next(256);
                }
                Save((int)offset, (int)size);
                return false;
            }
            var erased = (int)(half ? size / 2 : size);
            Fill((int)offset, erased);
            Save((int)offset, erased);
            return !IsPowerCut;
        }

        // For the controller: an erase that was not long enough. Some bits are 1, others are what they were.
        public bool EraseTooShort(long offset, long size)
        {
            var half = false;
            if(!Begin(ref half))
            {
                return false;
            }
            var touched = (int)(half ? size / 2 : size);
            for(var i = (int)offset; i < offset + touched; i++)
            {
                data[i] |= 0x55;
            }
            Save((int)offset, touched);
            return !IsPowerCut;
        }

        // For the controller: something was done that the chip's manual forbids.
        public void CountViolation(string what)
        {
            Violations++;
            this.Log(LogLevel.Error, what);
        }

        // For the controller: something was asked for that the chip does not do.
        public void CountRefused(string what)
        {
            Refused++;
            this.Log(LogLevel.Warning, what);
        }

        // The contents are those of another file.
        public event Action Replaced;

        public long Size => data.Length;

        public IStrictFlashController Controller { get; set; }

        public bool IsPowerCut { get; private set; }

        public int PowerCutAfter { get; set; }

        public bool PowerCutTears { get; set; }

        public bool PowerCutGarbage { get; set; }

        public long Operations { get; private set; }

        public long Erases { get; private set; }

        public long Refused { get; private set; }

        public long Violations { get; private set; }

        public string BackingFile
        {
            get
            {
                return file == null ? "" : file.Name;
            }

            set
            {
                Dispose();
                file = new FileStream(value, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
                if(file.Length == 0)
                {
                    file.Write(data, 0, data.Length);
                    file.Flush();
                }
                else if(file.Length != data.Length)
                {
                    var length = file.Length;
                    Dispose();
                    throw new RecoverableException(string.Format(
                        "{0} has {1} bytes, this flash has {2}; it was left as it is", value, length, data.Length));
                }
                else
                {
                    file.Position = 0;
                    for(var done = 0; done < data.Length;)
                    {
                        var count = file.Read(data, done, data.Length - done);
                        if(count <= 0)
                        {
                            throw new RecoverableException(string.Format("{0} cannot be read", value));
                        }
                        done += count;
                    }
                }
                var replaced = Replaced;
                if(replaced != null)
                {
                    replaced();
                }
            }
        }

        // Counts an operation. False when there is no power for it; `half` when the power goes in its middle.
        private bool Begin(ref bool half)
        {
            if(IsPowerCut)
            {
                return false;
            }
            Operations++;
            if(PowerCutAfter > 0)
            {
                PowerCutAfter--;
                if(PowerCutAfter == 0)
                {
                    IsPowerCut = true;
                    half = PowerCutTears || PowerCutGarbage;
                    this.Log(LogLevel.Info, "power cut at operation {0}{1}", Operations, half ? ", in its middle" : "");
                    return half;
                }
            }
            return true;
        }

        private void Program(long offset, uint value, int width)
        {
            if(IsPowerCut)
            {
                return; // there is no controller that could refuse or count it
            }
            if(Controller == null || !Controller.BeforeProgram(this, offset, width))
            {
                Refused++;
                this.Log(LogLevel.Warning, "program of 0x{0:X} at 0x{1:X} refused", value, offset);
                return;
            }
            var half = false;
            if(Begin(ref half))
            {
                for(var i = 0; i < width; i++)
                {
                    var wanted = (byte)(value >> (8 * i));
                    var old = data[offset + i];
                    if((wanted & ~old & 0xff) != 0)
                    {
                        Violations++;
                        this.Log(LogLevel.Error, "program of 0x{0:X} at 0x{1:X} over 0x{2:X} would set bits", wanted, offset + i, old);
                    }
                    // Every other bit that was to become 0 made it, or those that chance picked.
                    var missed = !half ? 0 : PowerCutGarbage ? chance.Next(256) : 0x55;
                    data[offset + i] = (byte)(old & (wanted | missed));
                }
                Save((int)offset, width);
            }
            Controller.AfterProgram(this, offset, width);
        }

        private void Fill(int offset, int size)
        {
            for(var i = offset; i < offset + size; i++)
            {
                data[i] = 0xff;
            }
        }

        private void Save(int offset, int size)
        {
            if(file != null)
            {
                file.Position = offset;
                file.Write(data, offset, size);
                file.Flush();
            }
        }

        private FileStream file;

        private readonly byte[] data;

        // The same garbage in every run.
        private readonly Random chance = new Random(1);
    }
}
