// SPDX-License-Identifier: MIT
// Devices on a board's buses for tests: they keep what they were sent and answer in a way that shows it. C# 7.
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.SPI;

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
}
