import Glibc

/// One line on standard error, with the program's name in front.
func complain(_ sentence: String) {
    let line = Array("convserve: \(sentence)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
}
