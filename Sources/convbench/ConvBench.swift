@main
struct ConvBench {
    static func main() {}
}
