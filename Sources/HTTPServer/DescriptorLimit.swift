import Glibc

/// How many descriptors the process may open, and how many of them connections may take.
enum DescriptorLimit {
    /// Raises the limit to the most that is allowed without privileges, and answers it.
    static func raise() throws(ServerError) -> Int {
        var limit = rlimit()
        _ = try checked("getrlimit") { getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Descriptors that are open now.
    static func open() -> Int {
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the directory itself.
        return max(0, count - 3)
    }

    /// How many connections may be open at a time.
    ///
    /// Dispatch ends the process when it finds no free descriptor, so `reserve` of them are never given to
    /// connections; of a limit so low that this would leave next to nothing, a third is kept.
    static func connections(wanted: Int, limit: Int, open: Int, reserve: Int) throws(ServerError) -> Int {
        let room = limit - open - min(reserve, limit / 3)
        guard room >= 1, wanted >= 1 else { throw .tooFewDescriptors(limit: limit, open: open) }
        return min(wanted, room)
    }
}
