/// The element types of the Open Inference Protocol, by its names.
package enum InferenceType: String, CaseIterable, Sendable {
    case bool = "BOOL"
    case uint8 = "UINT8"
    case uint16 = "UINT16"
    case uint32 = "UINT32"
    case uint64 = "UINT64"
    case int8 = "INT8"
    case int16 = "INT16"
    case int32 = "INT32"
    case int64 = "INT64"
    case float16 = "FP16"
    case bfloat16 = "BF16"
    case float32 = "FP32"
    case float64 = "FP64"

    var elements: ElementType {
        switch self {
        case .bool: .bool
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .float32: .float32
        case .float64: .float64
        }
    }

    /// The whole numbers that the type holds; `nil` where it holds others too.
    var range: ClosedRange<Float>? {
        switch self {
        case .bool: 0...1
        case .uint8: 0...255
        case .uint16: 0...65535
        case .uint32: 0...0x1p32
        case .uint64: 0...0x1p64
        case .int8: -128...127
        case .int16: -32768...32767
        case .int32: -0x1p31...0x1p31
        case .int64: -0x1p63...0x1p63
        case .float16, .bfloat16, .float32, .float64: nil
        }
    }
}
