// SPDX-License-Identifier: MIT
// Devices on a board's buses for tests: they keep what they were sent and answer in a way that shows it. C# 7.
using System;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.GPIOPort;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.SPI;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    // 256 bytes behind an address byte, as in a small EEPROM: a write begins with the address, a read goes on from there.
    public class TestMemoryI2c : II2CPeripheral
    {
        // `wholeReply`: the controller's model asks once for a whole transfer (STM32F4_I2C), not for so many bytes.
        public TestMemoryI2c(bool wholeReply = false)
        {
            this.wholeReply = wholeReply;
        }

        public void Write(byte[] data)
        {
            Writes++;
            if(data.Length > 0)
            {
                address = data[0];
            }
            foreach(var value in data.Skip(1))
            {
                memory[address++] = value;
            }
        }

        public byte[] Read(int count = 1)
        {
            var reply = new byte[wholeReply ? 256 : count];
            for(var i = 0; i < reply.Length; i++)
            {
                reply[i] = memory[(byte)(address + i)];
            }
            address = wholeReply ? address : (byte)(address + count);
            return reply;
        }

        public void FinishTransmission()
        {
        }

        // Its contents and address outlive a reset of the machine: it has no reset pin.
        public void Reset()
        {
        }

        public long Writes { get; private set; }

        private readonly bool wholeReply;
        private readonly byte[] memory = new byte[256];
        private byte address;
    }

    // Answers each byte with the one before, inverted.
    public class TestEchoSpi : ISPIPeripheral
    {
        public byte Transmit(byte data)
        {
            var answer = (byte)~last;
            last = data;
            Bytes++;
            return answer;
        }

        public void FinishTransmission()
        {
        }

        public void Reset()
        {
            last = 0;
        }

        public long Bytes { get; private set; }

        private byte last;
    }

    // Counts the edges of a pin.
    public class TestProbe : IGPIOReceiver
    {
        public void OnGPIO(int number, bool value)
        {
            Falls += level && !value ? 1 : 0;
            Rises += !level && value ? 1 : 0;
            level = value;
        }

        public void Reset()
        {
        }

        public long Falls { get; private set; }

        public long Rises { get; private set; }

        public bool Level => level;

        private bool level;
    }

    // The memory of TestMemoryI2c behind two pins, for a bus that a program drives bit by bit: input 0 is the clock, input 1
    // the data. Both lines are open drain with a pull-up: low when either side pulls. Renode's ports know one level of a
    // pin, the MCU's; this device puts the lines' own there, as output and as input.
    //
    // Renode's STM32 port writes its pins one after the other, upwards, with the levels from before the write: the data
    // line has to be a lower pin than the clock, or be at another port.
    //
    // Knobs, from the monitor:
    //   RefuseAfter n             the byte after the n-th of every write is not acknowledged; -1: all are
    //   HoldsClockMicroseconds n  the clock is stretched by n us after every byte; -1: for ever
    // Counters: Starts, Stops (conditions on the bus). ShortestPeriodNanoseconds: of two rises of the clock within a byte.
    public class TestMemoryLines : IGPIOReceiver
    {
        public TestMemoryLines(IMachine machine, BaseGPIOPort port, int clockPin, int dataPin, byte address = 0x50)
        {
            this.machine = machine;
            this.port = port;
            this.address = address;
            pins = new[] { clockPin, dataPin };
            RefuseAfter = -1;
        }

        public void OnGPIO(int number, bool value)
        {
            if(!driving)
            {
                released[number] = value;
                Settle();
            }
        }

        // As with any device that has no reset pin, a transfer that the reset interrupted is not over.
        public void Reset()
        {
        }

        public int RefuseAfter { get; set; }

        public int HoldsClockMicroseconds { get; set; }

        public long Starts { get; private set; }

        public long Stops { get; private set; }

        public long ShortestPeriodNanoseconds { get; set; } = long.MaxValue;

        // What the lines do after one of the two sides changed its mind.
        private void Settle()
        {
            if(holdsClock && HoldsClockMicroseconds == 0)
            {
                holdsClock = false;
            }
            var clockWas = clock;
            var dataWas = data;
            clock = released[Clock] && !holdsClock;
            data = released[Data] && !pullsData;
            if(clock && clockWas && data != dataWas)
            {
                Condition(data);
            }
            else if(clock && !clockWas)
            {
                Sample();
            }
            else if(!clock && clockWas)
            {
                Shift();
                data = released[Data] && !pullsData;
            }
            Drive(Clock, clock);
            Drive(Data, data);
        }

        private void Condition(bool isStop)
        {
            Starts += isStop ? 0 : 1;
            Stops += isStop ? 1 : 0;
            state = isStop ? State.Idle : State.Address;
            // The clock's fall after a start condition is none of a bit.
            bit = -1;
        }

        private void Sample()
        {
            if(state == State.Idle)
            {
                return;
            }
            var now = 1000 * ModelTime.Microseconds(machine);
            if(bit > 0)
            {
                ShortestPeriodNanoseconds = Math.Min(ShortestPeriodNanoseconds, (long)(now - rose));
            }
            rose = now;
            if(bit < 8)
            {
                shifted = (byte)(shifted << 1 | (data ? 1 : 0));
            }
            else if(state == State.Read && data)
            {
                // The MCU has enough.
                state = State.Idle;
            }
        }

        private void Shift()
        {
            pullsData = false;
            if(state == State.Idle)
            {
                return;
            }
            bit++;
            if(bit == 8 && state != State.Read)
            {
                pullsData = Accepts();
                state = pullsData ? state : State.Idle;
            }
            else if(bit == 9)
            {
                if(state == State.Address)
                {
                    state = (shifted & 1) != 0 ? State.Read : State.Write;
                    received = 0;
                }
                bit = 0;
                HoldClock();
            }
            if(bit == 0 && state == State.Read)
            {
                sent = memory[pointer++];
            }
            if(bit < 8 && state == State.Read)
            {
                pullsData = (sent >> (7 - bit) & 1) == 0;
            }
        }

        private bool Accepts()
        {
            if(state == State.Address)
            {
                return shifted >> 1 == address;
            }
            if(RefuseAfter >= 0 && received >= RefuseAfter)
            {
                return false;
            }
            if(received++ == 0)
            {
                pointer = shifted;
            }
            else
            {
                memory[pointer++] = shifted;
            }
            return true;
        }

        private void HoldClock()
        {
            holdsClock = HoldsClockMicroseconds != 0;
            if(HoldsClockMicroseconds > 0)
            {
                machine.ScheduleAction(TimeInterval.FromMicroseconds((ulong)HoldsClockMicroseconds), _ =>
                {
                    holdsClock = false;
                    Settle();
                });
            }
        }

        private void Drive(int line, bool level)
        {
            driving = true;
            port.OnGPIO(pins[line], level);
            port.Connections[pins[line]].Set(level);
            driving = false;
        }

        private bool clock;
        private bool data;
        private bool driving;
        private bool holdsClock;
        private bool pullsData;
        private State state;
        private int bit;
        private int received;
        private byte shifted;
        private byte sent;
        private byte pointer;
        private double rose;

        private readonly IMachine machine;
        private readonly BaseGPIOPort port;
        private readonly byte address;
        private readonly int[] pins;
        private readonly bool[] released = new bool[2];
        private readonly byte[] memory = new byte[256];

        private const int Clock = 0;
        private const int Data = 1;

        private enum State
        {
            Idle,
            Address,
            Write,
            Read
        }
    }

    // The answers of TestEchoSpi behind pins: input 0 is the clock, input 1 the MCU's data, input 2 the select line, active
    // low; the device's data goes to `dataPin` of `port` and changes only while it is selected. Most significant bit first.
    // The pins' order matters as above: `dataPin` below the clock's.
    //
    // Knob: Mode, 0 to 3: clock polarity in bit 1, clock phase in bit 0.
    public class TestEchoLines : IGPIOReceiver
    {
        public TestEchoLines(BaseGPIOPort port, int dataPin)
        {
            this.port = port;
            this.dataPin = dataPin;
        }

        public void OnGPIO(int number, bool value)
        {
            switch(number)
            {
            case 0:
                // The first edge of a bit leaves the polarity's level. Phase 0 reads at it, phase 1 at the second one.
                var isFirst = value != ((Mode & 2) != 0);
                if(selected && isFirst == ((Mode & 1) == 0))
                {
                    Sample();
                }
                else if(selected)
                {
                    Put();
                }
                break;
            case 1:
                data = value;
                break;
            default:
                // A line that has always been low, as before the program has the pin, selects nobody.
                selected = wasHigh && !value;
                wasHigh = value;
                bit = 0;
                if(selected && (Mode & 1) == 0)
                {
                    Put();
                }
                break;
            }
        }

        public void Reset()
        {
            Last = 0;
        }

        public int Mode { get; set; }

        public long Bytes { get; private set; }

        // The byte that came last.
        public byte Last { get; private set; }

        private void Sample()
        {
            shifted = (byte)(shifted << 1 | (data ? 1 : 0));
            if(++bit == 8)
            {
                bit = 0;
                Last = shifted;
                Bytes++;
            }
        }

        private void Put()
        {
            port.OnGPIO(dataPin, ((byte)~Last >> (7 - bit) & 1) != 0);
        }

        private bool data;
        private bool selected;
        private bool wasHigh;
        private int bit;
        private byte shifted;

        private readonly BaseGPIOPort port;
        private readonly int dataPin;
    }
}
