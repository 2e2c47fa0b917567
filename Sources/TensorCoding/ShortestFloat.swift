/// The shortest decimal that reads back to a float32, and of the shortest the nearest: digits · 10^exponent.
///
/// Raffaello Giulietti, The Schubfach way to render doubles (2020), in its form for float32 by Alexander Bolz
/// (Drachennest, schubfach.cc). One multiplication by a power of ten gives the decimal ends of the interval that rounds
/// to the float; the digits are then a matter of comparing.
struct ShortestFloat {
    /// At most nine decimal digits; zeros may end them.
    let digits: UInt32
    let exponent: Int

    /// `bits` is the pattern of a positive, finite float; `powers` is `ShortestFloat.powers`, fetched once for many.
    @inline(__always)
    init(bits: UInt32, powers: UnsafePointer<UInt64>) {
        let fraction = bits & 0x7F_FFFF
        let field = Int(bits >> 23)
        // The float is c · 2^q.
        let c: UInt32
        let q: Int
        if field != 0 {
            c = fraction | 0x80_0000
            q = field - 150
            // Whole numbers below 2^24 are their own digits.
            if q <= 0, q > -24, c & ((1 << UInt32(-q)) - 1) == 0 {
                digits = c >> UInt32(-q)
                exponent = 0
                return
            }
        } else {
            c = fraction
            q = -149
        }
        // Below a power of two the neighbour is half as far. Ends of the interval round to even, so they belong to it
        // when c is even.
        let isLowerCloser = fraction == 0 && field > 1
        let isOdd = c & 1
        let k = (q * 1_262_611 - (isLowerCloser ? 524_031 : 0)) >> 22
        let h = UInt32(q + (-k * 1_741_647) >> 19 + 1)
        let power = unsafe powers[-k - ShortestFloat.firstPower]
        // Four times the ends and the float itself, in units of 10^k.
        let lower = ShortestFloat.roundToOdd(power, (4 * c - 2 + (isLowerCloser ? 1 : 0)) << h) + isOdd
        let value = ShortestFloat.roundToOdd(power, (4 * c) << h)
        let upper = ShortestFloat.roundToOdd(power, (4 * c + 2) << h) - isOdd

        let short = value / 4
        if short >= 10 {
            // One digit less, if exactly one such number lies inside.
            let shorter = short / 10
            let isDownInside = lower <= 40 * shorter
            let isUpInside = 40 * shorter + 40 <= upper
            if isDownInside != isUpInside {
                digits = shorter + (isUpInside ? 1 : 0)
                exponent = k + 1
                return
            }
        }
        let isDownInside = lower <= 4 * short
        let isUpInside = 4 * short + 4 <= upper
        let middle = 4 * short + 2
        let isNearerUp = value > middle || (value == middle && short & 1 == 1)
        digits = short + (isDownInside != isUpInside ? (isUpInside ? 1 : 0) : (isNearerUp ? 1 : 0))
        exponent = k
    }

    /// The product's upper bits; the lowest is set when anything below was.
    @inline(__always)
    private static func roundToOdd(_ power: UInt64, _ factor: UInt32) -> UInt32 {
        let (high, low) = power.multipliedFullWidth(by: UInt64(factor))
        return UInt32(truncatingIfNeeded: high) | (low >> 32 > 1 ? 1 : 0)
    }

    private static let firstPower = -31

    /// ⌊10^k · 2^(63 − ⌊log2 10^k⌋)⌋ + 1 for k from −31 to 45, owned for the life of the process.
    nonisolated(unsafe) static let powers: UnsafePointer<UInt64> = {
        let table = UnsafeMutablePointer<UInt64>.allocate(capacity: values.count)
        for (index, value) in values.enumerated() { unsafe (table + index).initialize(to: value) }
        return unsafe UnsafePointer(table)
    }()

    private static let values: [UInt64] = [
        0x81CE_B32C_4B43_FCF5, 0xA242_5FF7_5E14_FC32, 0xCAD2_F7F5_359A_3B3F, 0xFD87_B5F2_8300_CA0E,
        0x9E74_D1B7_91E0_7E49, 0xC612_0625_7658_9DDB, 0xF796_87AE_D3EE_C552, 0x9ABE_14CD_4475_3B53,
        0xC16D_9A00_9592_8A28, 0xF1C9_0080_BAF7_2CB2, 0x971D_A050_74DA_7BEF, 0xBCE5_0864_9211_1AEB,
        0xEC1E_4A7D_B695_61A6, 0x9392_EE8E_921D_5D08, 0xB877_AA32_36A4_B44A, 0xE695_94BE_C44D_E15C,
        0x901D_7CF7_3AB0_ACDA, 0xB424_DC35_095C_D810, 0xE12E_1342_4BB4_0E14, 0x8CBC_CC09_6F50_88CC,
        0xAFEB_FF0B_CB24_AAFF, 0xDBE6_FECE_BDED_D5BF, 0x8970_5F41_36B4_A598, 0xABCC_7711_8461_CEFD,
        0xD6BF_94D5_E57A_42BD, 0x8637_BD05_AF6C_69B6, 0xA7C5_AC47_1B47_8424, 0xD1B7_1758_E219_652C,
        0x8312_6E97_8D4F_DF3C, 0xA3D7_0A3D_70A3_D70B, 0xCCCC_CCCC_CCCC_CCCD, 0x8000_0000_0000_0001,
        0xA000_0000_0000_0001, 0xC800_0000_0000_0001, 0xFA00_0000_0000_0001, 0x9C40_0000_0000_0001,
        0xC350_0000_0000_0001, 0xF424_0000_0000_0001, 0x9896_8000_0000_0001, 0xBEBC_2000_0000_0001,
        0xEE6B_2800_0000_0001, 0x9502_F900_0000_0001, 0xBA43_B740_0000_0001, 0xE8D4_A510_0000_0001,
        0x9184_E72A_0000_0001, 0xB5E6_20F4_8000_0001, 0xE35F_A931_A000_0001, 0x8E1B_C9BF_0400_0001,
        0xB1A2_BC2E_C500_0001, 0xDE0B_6B3A_7640_0001, 0x8AC7_2304_89E8_0001, 0xAD78_EBC5_AC62_0001,
        0xD8D7_26B7_177A_8001, 0x8786_7832_6EAC_9001, 0xA968_163F_0A57_B401, 0xD3C2_1BCE_CCED_A101,
        0x8459_5161_4014_84A1, 0xA56F_A5B9_9019_A5C9, 0xCECB_8F27_F420_0F3B, 0x813F_3978_F894_0985,
        0xA18F_07D7_36B9_0BE6, 0xC9F2_C9CD_0467_4EDF, 0xFC6F_7C40_4581_2297, 0x9DC5_ADA8_2B70_B59E,
        0xC537_1912_364C_E306, 0xF684_DF56_C3E0_1BC7, 0x9A13_0B96_3A6C_115D, 0xC097_CE7B_C907_15B4,
        0xF0BD_C21A_BB48_DB21, 0x9676_9950_B50D_88F5, 0xBC14_3FA4_E250_EB32, 0xEB19_4F8E_1AE5_25FE,
        0x92EF_D1B8_D0CF_37BF, 0xB7AB_C627_0503_05AE, 0xE596_B7B0_C643_C71A, 0x8F7E_32CE_7BEA_5C70,
        0xB35D_BF82_1AE4_F38C,
    ]
}
