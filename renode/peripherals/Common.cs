// SPDX-License-Identifier: MIT
// What several models share; a board's .resc includes it before them. C# 7.
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.CPU;

namespace Antmicro.Renode.Peripherals
{
    public static class ModelTime
    {
        // Virtual time since the machine's start in microseconds, up to the instruction that asks.
        public static double Microseconds(IMachine machine)
        {
            ICPU cpu;
            if(machine.SystemBus.TryGetCurrentCPU(out cpu))
            {
                cpu.SyncTime();
            }
            return machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds * 1e6;
        }
    }

    // What a generator of random bits delivers, and what a broken one makes of it. The bits are a xorshift generator's,
    // seeded by `emulation SetSeed`: nothing about randomness can be learned here.
    public class NoiseBits
    {
        public NoiseBits()
        {
            var random = EmulationManager.Instance.CurrentEmulation.RandomGenerator;
            state = ((ulong)(uint)random.Next() << 32) | (uint)random.Next() | 1;
            Bias = 50;
            Correlation = 50;
        }

        // The next 1 to 32 bits.
        public uint Next(int count)
        {
            if(IsStuck)
            {
                return 0x5A5A5A5Au >> (32 - count);
            }
            return Bias == 50 && Correlation == 50 ? (uint)(Step() >> (64 - count)) : Faulty(count);
        }

        // All that is delivered is the same.
        public bool IsStuck { get; set; }

        // Per cent of ones.
        public int Bias { get; set; }

        // Per cent of bits that repeat the one before; as many ones as zeros come. Bias goes before it.
        public int Correlation { get; set; }

        private uint Faulty(int count)
        {
            uint made = 0;
            for(var i = 0; i < count; i++)
            {
                var repeats = (int)(Step() % 100) < Correlation;
                lastBit = Bias != 50 ? ((int)(Step() % 100) < Bias ? 1u : 0u) : repeats ? lastBit : 1 - lastBit;
                made = (made << 1) | lastBit;
            }
            return made;
        }

        // xorshift64*
        private ulong Step()
        {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            return unchecked(state * 0x2545F4914F6CDD1DUL);
        }

        private uint lastBit;
        private ulong state;
    }
}
