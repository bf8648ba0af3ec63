// SPDX-License-Identifier: MIT
// I2C master of nRF52840 with EasyDMA, "TWIM" of the product specification. C# 7. Renode's own model is the chip's older
// one without EasyDMA. Devices are Renode's (II2CPeripheral): they acknowledge everything, so refusals are knobs.
//
// Transfers take the bus's time. The data moves when a transfer ends.
//
// Knobs, from the monitor:
//   RefuseAfter n   the device refuses the byte after the n-th of every write (DNACK); -1: none
//   HoldsClock b    the device stretches the clock for ever: nothing ends
// Counters: Starts, Stops (conditions on the bus).
using System;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.I2C
{
    public class Nrf52Twim : SimpleContainer<II2CPeripheral>, IDoubleWordPeripheral, IKnownSize
    {
        public Nrf52Twim(IMachine machine) : base(machine)
        {
            this.machine = machine;
            sysbus = machine.GetSystemBus(this);
            RefuseAfter = -1;
            Reset();
        }

        public override void Reset()
        {
            Array.Clear(registers, 0, registers.Length);
            Array.Clear(events, 0, events.Length);
            state = State.Idle;
            errorSource = 0;
        }

        public uint ReadDoubleWord(long offset)
        {
            Advance();
            if(offset >= 0x100 && offset < 0x200)
            {
                return events[(offset - 0x100) / 4] ? 1u : 0u;
            }
            return offset == 0x4C4 ? errorSource : registers[offset / 4];
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            Advance();
            if(offset < 0x100)
            {
                if((value & 1) != 0)
                {
                    Task(offset);
                }
                return;
            }
            if(offset < 0x200)
            {
                events[(offset - 0x100) / 4] = value != 0;
                return;
            }
            switch(offset)
            {
            case 0x4C4:
                errorSource &= ~value;
                break;
            case 0x500:
                registers[offset / 4] = value;
                if(value != Enabled && state != State.Idle)
                {
                    state = State.Idle;
                }
                break;
            default:
                if(offset == 0x508 || offset == 0x50C || offset == 0x524)
                {
                    if(IsEnabled)
                    {
                        this.Log(LogLevel.Warning, "register 0x{0:X} is written while the TWIM is on", offset);
                    }
                }
                registers[offset / 4] = value;
                break;
            }
        }

        public long Size => 0x1000;

        public int RefuseAfter { get; set; }

        public bool HoldsClock { get; set; }

        public long Starts { get; private set; }

        public long Stops { get; private set; }

        private bool IsEnabled => registers[0x500 / 4] == Enabled;

        private void Task(long task)
        {
            if(!IsEnabled)
            {
                this.Log(LogLevel.Warning, "task 0x{0:X} while the TWIM is off", task);
                return;
            }
            switch(task)
            {
            case 0x000:
            case 0x008:
                Begin(task == 0);
                break;
            case 0x014:
                if(state != State.Suspended)
                {
                    stopAsked = true;
                    Advance();
                }
                break;
            case 0x01C:
                suspendAsked = true;
                Advance();
                break;
            case 0x020:
                if(state == State.Suspended)
                {
                    state = State.Held;
                }
                break;
            default:
                this.Log(LogLevel.Warning, "task 0x{0:X} is not there", task);
                break;
            }
        }

        private void Begin(bool read)
        {
            if(state == State.Suspended)
            {
                this.Log(LogLevel.Warning, "start while suspended, without RESUME");
                return;
            }
            Starts++;
            reading = read;
            stopAsked = false;
            suspendAsked = false;
            events[read ? RxStarted : TxStarted] = true;
            var address = (int)registers[0x588 / 4] & 0x7F;
            if(!TryGetByAddress(address, out device))
            {
                device = null;
            }
            var count = device == null ? 0 : registers[(read ? 0x538 : 0x548) / 4] & 0xFFFF;
            state = State.Running;
            readyAt = ModelTime.Microseconds(machine) + (count + 1) * 9e6 / BitsPerSecond();
        }

        // Everything that happened until now.
        private void Advance()
        {
            if(state == State.Running && !HoldsClock && ModelTime.Microseconds(machine) >= readyAt)
            {
                Finish();
            }
            if((state == State.Held || state == State.Idle) && stopAsked)
            {
                Stop();
            }
            else if(state == State.Held && suspendAsked)
            {
                suspendAsked = false;
                state = State.Suspended;
                events[Suspended] = true;
            }
        }

        private void Finish()
        {
            state = State.Held;
            if(device == null)
            {
                errorSource |= AddressRefused;
                events[Error] = true;
                return;
            }
            var shortcuts = registers[0x200 / 4];
            var count = (int)(registers[(reading ? 0x538 : 0x548) / 4] & 0xFFFF);
            if(reading)
            {
                var data = ReadDevice(count);
                sysbus.WriteBytes(data, registers[0x534 / 4]);
                registers[0x53C / 4] = (uint)count;
            }
            else
            {
                var data = sysbus.ReadBytes(registers[0x544 / 4], count);
                var refused = RefuseAfter >= 0 && count > RefuseAfter;
                if(refused)
                {
                    Array.Resize(ref data, RefuseAfter);
                }
                if(data.Length > 0)
                {
                    device.Write(data);
                }
                registers[0x54C / 4] = (uint)(refused ? RefuseAfter + 1 : count);
                if(refused)
                {
                    errorSource |= DataRefused;
                    events[Error] = true;
                    return;
                }
            }
            if(count == 0)
            {
                return;
            }
            events[reading ? LastRx : LastTx] = true;
            stopAsked |= (shortcuts & (reading ? LastRxStop : LastTxStop)) != 0;
            suspendAsked |= (shortcuts & (reading ? LastRxSuspend : LastTxSuspend)) != 0;
        }

        // A device may hand out less at once than it was asked for.
        private byte[] ReadDevice(int count)
        {
            var data = new byte[count];
            for(var done = 0; done < count;)
            {
                var part = device.Read(count - done);
                if(part.Length == 0)
                {
                    for(; done < count; done++)
                    {
                        data[done] = 0xFF;
                    }
                    break;
                }
                var length = Math.Min(part.Length, count - done);
                Array.Copy(part, 0, data, done, length);
                done += length;
            }
            return data;
        }

        private void Stop()
        {
            stopAsked = false;
            suspendAsked = false;
            if(state == State.Held)
            {
                Stops++;
                if(device != null)
                {
                    device.FinishTransmission();
                }
            }
            state = State.Idle;
            events[Stopped] = true;
        }

        private double BitsPerSecond()
        {
            // The register counts in 16 MHz / 2^32.
            return Math.Max(1.0, registers[0x524 / 4] * 16e6 / 4294967296.0);
        }

        private State state;
        private bool reading;
        private bool stopAsked;
        private bool suspendAsked;
        private uint errorSource;
        private double readyAt;
        private II2CPeripheral device;

        private readonly uint[] registers = new uint[0x400];
        private readonly bool[] events = new bool[0x40];
        private readonly IMachine machine;
        private readonly IBusController sysbus;

        private const uint Enabled = 6;
        private const uint AddressRefused = 1u << 1;
        private const uint DataRefused = 1u << 2;
        private const uint LastTxSuspend = 1u << 8;
        private const uint LastTxStop = 1u << 9;
        private const uint LastRxSuspend = 1u << 11;
        private const uint LastRxStop = 1u << 12;

        // Numbers of events: (offset - 0x100) / 4.
        private const int Stopped = 1;
        private const int Error = 9;
        private const int Suspended = 18;
        private const int RxStarted = 19;
        private const int TxStarted = 20;
        private const int LastRx = 23;
        private const int LastTx = 24;

        private enum State
        {
            Idle,
            Running,
            Held, // the bus is ours, nothing moves
            Suspended
        }
    }
}
