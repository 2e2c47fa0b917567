@main
struct ConvServe {
    static func main() {}
}
