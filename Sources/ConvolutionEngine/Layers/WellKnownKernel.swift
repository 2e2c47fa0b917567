/// The 2-d kernels that a request can name in place of sending `weight`.
package enum WellKnownKernel: String, Hashable, Sendable, CaseIterable {
    case identity, box3, gaussian3, gaussian5, sharpen
    case sobelX = "sobel_x"
    case sobelY = "sobel_y"
    case scharrX = "scharr_x"
    case scharrY = "scharr_y"
    case prewittX = "prewitt_x"
    case prewittY = "prewitt_y"
    case laplacian, emboss, edge

    /// The numbers, row by row; cross-correlated with the picture as they stand.
    package var rows: [[Float]] {
        switch self {
        case .identity: [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
        case .box3: Array(repeating: Array(repeating: 1 / 9, count: 3), count: 3)
        case .gaussian3: [[1, 2, 1], [2, 4, 2], [1, 2, 1]].map { $0.map { $0 / 16 } }
        case .gaussian5:
            [[1, 4, 6, 4, 1], [4, 16, 24, 16, 4], [6, 24, 36, 24, 6], [4, 16, 24, 16, 4], [1, 4, 6, 4, 1]]
                .map { $0.map { $0 / 256 } }
        case .sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
        case .sobelX: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
        case .sobelY: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
        case .scharrX: [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]]
        case .scharrY: [[-3, -10, -3], [0, 0, 0], [3, 10, 3]]
        case .prewittX: [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]
        case .prewittY: [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]
        case .laplacian: [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
        case .emboss: [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
        case .edge: [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]
        }
    }
}
