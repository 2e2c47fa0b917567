import Glibc

/// xᵖ for x ≥ 0, exact and quick for the powers that are used.
func power(_ x: Double, _ p: Double) -> Double {
    switch p {
    case 1: x
    case 2: x * x
    default: pow(x, p)
    }
}

/// The p-th root of x ≥ 0.
func root(_ x: Double, _ p: Double) -> Double {
    switch p {
    case 1: x
    case 2: x.squareRoot()
    default: pow(x, 1 / p)
    }
}
