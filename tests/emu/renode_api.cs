// SPDX-License-Identifier: MIT
// What the models in renode/peripherals use of Renode 1.16.1, as declarations only: with it any C# compiler can say
// whether they are C# 7, also where no Renode is. That they fit the real Renode is seen when it loads them.
using System;
using System.Collections.Generic;

namespace Antmicro.Renode.Core
{
    public interface IGPIO
    {
        void Set(bool value);
    }

    public class GPIO : IGPIO
    {
        public void Set(bool value)
        {
            throw new NotSupportedException();
        }

        public void Unset()
        {
            throw new NotSupportedException();
        }
    }

    public interface IGPIOReceiver : Peripherals.IPeripheral
    {
        void OnGPIO(int number, bool value);
    }

    public interface IMachine
    {
        void RequestReset();
        void ScheduleAction(Time.TimeInterval delay, Action<Time.TimeInterval> action, string name = null);
        Peripherals.Bus.IBusController SystemBus { get; }
        Time.IClockSource ClockSource { get; }
        Time.TimeStamp ElapsedVirtualTime { get; }
        IEnumerable<T> GetPeripheralsOfType<T>();
        Peripherals.Bus.IBusController GetSystemBus(Peripherals.IPeripheral peripheral);
    }

    public class PseudorandomNumberGenerator
    {
        public int Next()
        {
            throw new NotSupportedException();
        }
    }

    public class Emulation
    {
        public PseudorandomNumberGenerator RandomGenerator => null;
    }

    public class EmulationManager
    {
        public static EmulationManager Instance => null;
        public Emulation CurrentEmulation => null;
    }
}

namespace Antmicro.Renode.Core.Structure
{
    public abstract class SimpleContainer<T> : Peripherals.IPeripheral
    {
        protected SimpleContainer(IMachine machine)
        {
            throw new NotSupportedException();
        }

        public bool TryGetByAddress(int address, out T peripheral)
        {
            throw new NotSupportedException();
        }

        public abstract void Reset();
    }
}

namespace Antmicro.Renode.Exceptions
{
    public class RecoverableException : Exception
    {
        public RecoverableException(string message) : base(message)
        {
        }
    }
}

namespace Antmicro.Renode.Logging
{
    public interface IEmulationElement
    {
    }

    public class LogLevel
    {
        public static readonly LogLevel Info = null, Warning = null, Error = null;
    }

    public static class Logger
    {
        public static void Log(this IEmulationElement element, LogLevel level, string message, params object[] arguments)
        {
            throw new NotSupportedException();
        }
    }
}

namespace Antmicro.Renode.Time
{
    public interface IClockSource
    {
    }

    public struct TimeInterval
    {
        public static TimeInterval FromMicroseconds(ulong value)
        {
            throw new NotSupportedException();
        }

        public double TotalSeconds => 0;
    }

    public struct TimeStamp
    {
        public TimeInterval TimeElapsed => new TimeInterval();
    }
}

namespace Antmicro.Renode.Utilities.Crypto
{
    public class Block
    {
        public static Block UsingBytes(byte[] bytes)
        {
            throw new NotSupportedException();
        }
    }

    public class AesProvider : IDisposable
    {
        public static AesProvider GetEcbProvider(byte[] key)
        {
            throw new NotSupportedException();
        }

        public void EncryptBlockInSitu(Block block)
        {
            throw new NotSupportedException();
        }

        public void Dispose()
        {
            throw new NotSupportedException();
        }
    }
}

namespace Antmicro.Renode.Peripherals
{
    public interface IPeripheral : Logging.IEmulationElement
    {
        void Reset();
    }
}

namespace Antmicro.Renode.Peripherals.Bus
{
    public interface IKnownSize : IPeripheral
    {
        long Size { get; }
    }

    public interface IBytePeripheral : IPeripheral
    {
        byte ReadByte(long offset);
        void WriteByte(long offset, byte value);
    }

    public interface IWordPeripheral : IPeripheral
    {
        ushort ReadWord(long offset);
        void WriteWord(long offset, ushort value);
    }

    public interface IDoubleWordPeripheral : IPeripheral
    {
        uint ReadDoubleWord(long offset);
        void WriteDoubleWord(long offset, uint value);
    }

    public interface IBusController
    {
        bool TryGetCurrentCPU(out CPU.ICPU cpu);
        byte[] ReadBytes(ulong address, int count, bool onlyMemory = false, CPU.ICPU context = null);
        void WriteBytes(byte[] bytes, ulong address, bool onlyMemory = false, CPU.ICPU context = null);
    }
}

namespace Antmicro.Renode.Peripherals.GPIOPort
{
    public abstract class BaseGPIOPort : Core.IGPIOReceiver
    {
        public IReadOnlyDictionary<int, Core.IGPIO> Connections => null;
        public abstract void OnGPIO(int number, bool value);
        public abstract void Reset();
    }
}

namespace Antmicro.Renode.Peripherals.I2C
{
    public interface II2CPeripheral : IPeripheral
    {
        void Write(byte[] data);
        byte[] Read(int count = 1);
        void FinishTransmission();
    }
}

namespace Antmicro.Renode.Peripherals.SPI
{
    public interface ISPIPeripheral : IPeripheral
    {
        byte Transmit(byte data);
        void FinishTransmission();
    }
}

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    public sealed class STM32F4_RCC : Bus.IDoubleWordPeripheral
    {
        public STM32F4_RCC(Core.IMachine machine, Timers.STM32F4_RTC rtcPeripheral)
        {
            throw new NotSupportedException();
        }

        public uint ReadDoubleWord(long offset)
        {
            throw new NotSupportedException();
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            throw new NotSupportedException();
        }

        public void Reset()
        {
            throw new NotSupportedException();
        }
    }
}

namespace Antmicro.Renode.Peripherals.CPU
{
    public struct RegisterValue
    {
        public ulong RawValue => 0;
    }

    public interface ICPU : IPeripheral
    {
        RegisterValue PC { get; set; }
        void SyncTime();
    }

    public abstract class BaseCPU : ICPU
    {
        public abstract RegisterValue PC { get; set; }
        public abstract void SyncTime();
        public abstract void Reset();

        public void SkipTime(Time.TimeInterval amountOfTime)
        {
            throw new NotSupportedException();
        }
    }
}

namespace Antmicro.Renode.Peripherals.IRQControllers
{
    public class NVIC
    {
        public void SetPendingIRQ(int number)
        {
            throw new NotSupportedException();
        }
    }
}

namespace Antmicro.Renode.Peripherals.Memory
{
    public class MappedMemory
    {
        public long Size => 0;

        public void WriteBytes(long offset, byte[] value, int count)
        {
            throw new NotSupportedException();
        }
    }
}

namespace Antmicro.Renode.Peripherals.Timers
{
    public enum Direction
    {
        Ascending,
        Descending
    }

    public enum WorkMode
    {
        OneShot,
        Periodic
    }

    public class LimitTimer
    {
        public LimitTimer(Time.IClockSource clockSource, ulong frequency, IPeripheral owner, string localName,
            ulong limit = ulong.MaxValue, Direction direction = Direction.Descending, bool enabled = false,
            WorkMode workMode = WorkMode.Periodic, bool eventEnabled = false, bool autoUpdate = false, ulong divider = 1)
        {
            LimitReached += () => { };
            LimitReached();
        }

        public event Action LimitReached;
        public bool Enabled { get; set; }
        public ulong Limit { get; set; }
        public ulong Divider { get; set; }
        public ulong Value { get; set; }

        public void ResetValue()
        {
            throw new NotSupportedException();
        }

        public void Reset()
        {
            throw new NotSupportedException();
        }
    }

    public class STM32F4_RTC : Bus.IDoubleWordPeripheral
    {
        public STM32F4_RTC(Core.IMachine machine)
        {
            throw new NotSupportedException();
        }

        public Core.GPIO AlarmIRQ => null;
        public Core.GPIO WakeupIRQ => null;

        public uint ReadDoubleWord(long offset)
        {
            throw new NotSupportedException();
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            throw new NotSupportedException();
        }

        public void Reset()
        {
            throw new NotSupportedException();
        }
    }

    public class NRF52840_Watchdog : LimitTimer
    {
        public NRF52840_Watchdog() : base(null, 1, null, null)
        {
        }
    }
}
