// Which ticket serials were given out, in a file of its own beside the database, so that an older copy of the database
// that is put in its place does not give one out again.
//
// One line a number, appended and synced before the ticket's transaction is committed; the check digit tells a line
// that a power cut tore. The first line names the ledger and the file's own identity: a ledger that came out of a backup
// itself is known by that, and is believed no more than one that is missing.
internal import DurableFiles
internal import Foundation
internal import ParkingCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#endif

final class NumberLedger: Sendable {
    /// How a ledger was found.
    enum Finding: Hashable {
        case sound
        /// There was none.
        case missing
        /// A copy, or a file with a line that is no number.
        case doubtful(String)
    }

    /// Also stands in the database that the ledger belongs to.
    let name: String
    let finding: Finding
    private let path: String
    private let used: Mutex<Set<Int>>
    private let descriptor: Int32

    private static let title = "curbside-patrol ticket numbers 1"

    /// Opens the ledger, or makes one, mode 0600. A doubtful one is made anew under another name with all the numbers
    /// that could be read from it.
    /// - Throws: `PatrolStoreError` when the file cannot be written.
    init(path: String) throws(PatrolStoreError) {
        self.path = path
        let number = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw NumberLedger.refusal(errno, path) }
        let found: Found
        do throws(PatrolStoreError) {
            found = try NumberLedger.prepare(number, path)
        } catch {
            close(number)
            throw error
        }
        // All at once and after all that can fail: `deinit` closes the file too.
        descriptor = number
        used = Mutex(found.used)
        finding = found.finding
        name = found.name
    }

    deinit { close(descriptor) }

    func contains(_ serial: Int) -> Bool { used.withLock { $0.contains(serial) } }

    func count(in range: ClosedRange<Int>) -> Int { used.withLock { $0.filter(range.contains).count } }

    /// The highest serial of the range that was given out.
    func highest(in range: ClosedRange<Int>) -> Int? { used.withLock { $0.filter(range.contains).max() } }

    /// Returns once the disk holds the number.
    func note(_ number: TicketNumber) throws(PatrolStoreError) {
        guard !contains(number.serial) else { return }
        try NumberLedger.append(descriptor, number.text + "\n", path)
        used.withLock { _ = $0.insert(number.serial) }
    }

    /// Numbers of tickets that were issued before there was a ledger.
    func noteAll(_ serials: [Int]) throws(PatrolStoreError) {
        let new = serials.filter { !contains($0) }
        guard !new.isEmpty else { return }
        try NumberLedger.append(descriptor, NumberLedger.lines(Set(new)), path)
        used.withLock { $0.formUnion(new) }
    }

    // MARK: The file

    private struct Found {
        var name = ""
        var finding = Finding.sound
        var used: Set<Int> = []
        /// Up to the end of the last whole line.
        var wholeBytes = 0
    }

    /// Leaves the file so that lines can be appended to it.
    private static func prepare(_ descriptor: Int32, _ path: String) throws(PatrolStoreError) -> Found {
        let identity: FileIdentity
        do {
            identity = try FileIdentity(descriptor: descriptor, path: path)
        } catch {
            throw refusal(error.number, path)
        }
        let text = try content(descriptor, path)
        var found = read(text, identity)
        if found.finding == .sound {
            if found.wholeBytes < text.utf8.count { try cut(descriptor, to: found.wholeBytes, path) }
        } else {
            found.name = UUID().uuidString.lowercased()
            try begin(descriptor, name: found.name, identity, found.used, path)
        }
        return found
    }

    private static func read(_ content: String, _ identity: FileIdentity) -> Found {
        var found = Found()
        guard !content.isEmpty else {
            found.finding = .missing
            return found
        }
        var lines = content.split(separator: "\n", omittingEmptySubsequences: false)
        // What follows the last line's end: nothing, or what a power cut left of a line that was never used.
        let torn = lines.removeLast()
        found.wholeBytes = content.utf8.count - torn.utf8.count
        let head = lines.first?.split(separator: ",").map(String.init) ?? []
        for line in lines.dropFirst() {
            guard let number = try? TicketNumber(String(line)) else {
                found.finding = .doubtful("it has a line that is no ticket number")
                continue
            }
            found.used.insert(number.serial)
        }
        guard head.count == 3, head[0] == title else {
            found.finding = .doubtful("its first line is not that of a ledger")
            return found
        }
        found.name = head[1]
        if head[2] != identity.description { found.finding = .doubtful("it was copied from elsewhere") }
        return found
    }

    private static func begin(
        _ descriptor: Int32,
        name: String,
        _ identity: FileIdentity,
        _ used: Set<Int>,
        _ path: String
    ) throws(PatrolStoreError) {
        try cut(descriptor, to: 0, path)
        try append(descriptor, "\(title),\(name),\(identity)\n" + lines(used), path)
    }

    private static func lines(_ serials: Set<Int>) -> String {
        serials.sorted().compactMap { (try? TicketNumber(serial: $0)).map { $0.text + "\n" } }.joined()
    }

    private static func content(_ descriptor: Int32, _ path: String) throws(PatrolStoreError) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
            guard count >= 0 else { throw refusal(errno, path) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    private static func cut(_ descriptor: Int32, to size: Int, _ path: String) throws(PatrolStoreError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw refusal(errno, path) }
    }

    private static func append(_ descriptor: Int32, _ text: String, _ path: String) throws(PatrolStoreError) {
        let bytes = Array(text.utf8)
        let end = lseek(descriptor, 0, SEEK_END)
        let count = write(descriptor, bytes, bytes.count)
        let reason = errno
        guard count == bytes.count else {
            // A part of a line must not stand before the next one.
            _ = ftruncate(descriptor, end)
            throw refusal(count < 0 ? reason : ENOSPC, path)
        }
        guard fsync(descriptor) == 0 else { throw refusal(errno, path) }
    }

    private static func refusal(_ reason: Int32, _ path: String) -> PatrolStoreError {
        reason == ENOSPC || reason == EDQUOT
            ? .full(path: path) : .notWritable(path: path, detail: DatabaseFile.words(reason))
    }
}
