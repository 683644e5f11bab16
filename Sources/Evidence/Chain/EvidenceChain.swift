// The vehicle's chain of bundles as it grows: signed lines, on disk before anyone commits or tells what they say.
//
// How chain and database stay in agreement, whatever is cut when:
//
//   1. Within the transaction that keeps a fact, after the fact's row and before the commit, its bundle is added to the
//      chain and synced to disk. Then the bundle's number and hash are noted beside the fact, and the transaction
//      commits. Nothing is told before that.
//   2. Cut before the bundle was whole on disk: the file ends in a part of a line. The database does not know the
//      bundle, so the part is cut off when the chain is next added to.
//   3. Cut between the sync and the commit (or the commit failed: a full disk): the chain ends in whole bundles that
//      the database does not know. They are signed, and stay. The next bundle says in its header `withdraws` from which
//      number on the bundles before it never became facts, and its transaction notes them without a fact.
//   4. Cut after the commit: both have it.
//   5. An older copy of the database was put in place: it does not know bundles whose facts were told and printed. The
//      next bundle says `withdraws` as after a cut; whoever verifies tells the two apart (`ChainTail`): a cut leaves one
//      transaction at most.
//
// So the chain is never shorter than what the database knows. Where it is all the same (its files were removed, damaged,
// or an old copy was restored), it goes on from what the database knows, in a new file: the patrol goes on, and whoever
// verifies is told which bundles are missing.
package import DurableFiles
package import Foundation
package import ParkingCore
internal import Synchronization

/// Where the making of a bundle can be cut; for tests that do.
package enum ChainStep: String, Sendable, CaseIterable {
    /// Nothing is written yet.
    case begun
    /// Half of the lines' bytes are.
    case halfWritten
    /// All are, and may not be on disk.
    case written
    /// All are on disk; the database does not know.
    case synced
}

package final class EvidenceChain: Sendable {
    /// What a bundle says, before it has a place.
    package struct Entry: Sendable {
        package let fact: UUIDv7
        package let kind: String
        package let time: Date
        package let clock: ClockStamp
        package let record: CanonicalJSON

        package init(fact: UUIDv7, kind: String, time: Date, clock: ClockStamp, record: CanonicalJSON) {
            self.fact = fact
            self.kind = kind
            self.time = time
            self.clock = clock
            self.record = record
        }
    }

    package struct Appended: Sendable {
        /// Bundles that never became facts, and that the first of the new ones withdraws.
        package let withdrawn: [ChainPoint]
        /// The new ones, in the order of the entries.
        package let points: [ChainPoint]
    }

    private struct State {
        /// The newest bundle; nil: there is none yet.
        var head: ChainPoint?
        var file: String
        var lines: Int
        /// Bytes of the file up to the end of the newest bundle.
        var length: Int
    }

    package let vehicle: VehicleID
    private let folder: ChainFolder
    private let key: EvidenceSigningKey
    private let keyID: String
    private let reached: @Sendable (ChainStep) -> Void
    /// nil: the files were not looked at yet.
    private let state = Mutex<State?>(nil)

    /// - Parameters:
    ///   - folder: made where it is missing; one process adds to it at a time.
    ///   - reached: told each step, for tests that cut the process there.
    /// - Throws: `DurableFileError`.
    package init(
        folder: String,
        vehicle: VehicleID,
        key: EvidenceSigningKey,
        reached: @escaping @Sendable (ChainStep) -> Void = { _ in }
    ) throws(DurableFileError) {
        self.folder = ChainFolder(folder)
        self.vehicle = vehicle
        self.key = key
        keyID = key.publicKey.id
        self.reached = reached
        try DurableFile.makeFolder(folder)
    }

    /// Adds a bundle for each entry, all or none; returns once the disk holds them.
    /// - Parameter known: the newest bundle that the database knows; nil: it knows none.
    /// - Throws: `DurableFileError` (a full disk, say), `EvidenceError`; then the chain is as before.
    package func append(_ entries: [Entry], after known: ChainPoint?) throws -> Appended {
        try state.withLock { state in
            var current = try state ?? recover(known)
            state = nil
            if (current.head?.sequence ?? 0) < (known?.sequence ?? 0) { current = try begin(after: known) }
            let withdrawn = try points(after: known?.sequence ?? 0, through: current.head?.sequence ?? 0)
            if current.lines >= ChainFolder.linesPerFile { current = try begin(after: current.head) }
            let lines = try lines(of: entries, after: current.head, withdraws: withdrawn.first?.sequence)
            try write(lines.flatMap { $0.bytes + [0x0A] }, to: &current)
            let points = lines.map(\.point)
            current.head = points.last ?? current.head
            current.lines += lines.count
            state = current
            return Appended(withdrawn: withdrawn, points: points)
        }
    }

    private func lines(of entries: [Entry], after head: ChainPoint?, withdraws: Int64?) throws -> [ChainLine] {
        var previous = head
        return try entries.enumerated().map { index, entry in
            let record = entry.record.bytes
            let header = ChainHeader(
                vehicle: vehicle,
                sequence: (previous?.sequence ?? 0) + 1,
                previous: previous?.sha256 ?? ChainHeader.noPrevious,
                record: EvidenceFolder.sha256(record),
                fact: entry.fact,
                kind: entry.kind,
                time: entry.time,
                clock: entry.clock,
                key: keyID,
                withdraws: index == 0 ? withdraws : nil
            )
            let line = try ChainLine(header: header, record: record, key: key)
            previous = line.point
            return line
        }
    }

    private func write(_ bytes: [UInt8], to state: inout State) throws(DurableFileError) {
        reached(.begun)
        let log = try DurableLog(folder.file(state.file))
        // What an earlier attempt left because the disk took neither it nor its removal.
        if try log.length() != state.length { try log.truncate(to: state.length) }
        do {
            let half = bytes.count / 2
            try log.append(Array(bytes[..<half]))
            reached(.halfWritten)
            try log.append(Array(bytes[half...]))
            reached(.written)
            try log.synchronise()
        } catch {
            try? log.truncate(to: state.length)
            throw error
        }
        state.length += bytes.count
        reached(.synced)
    }

    // MARK: Going on

    /// Looks at the newest file, and cuts off what was never whole.
    private func recover(_ known: ChainPoint?) throws -> State {
        guard let name = try folder.files().last else { return try begin(after: known) }
        var found = State(head: nil, file: name, lines: 0, length: 0)
        var isDamaged = false
        try folder.readLines(name) { line, isWhole in
            guard isWhole, let parsed = try? ChainLine(parsing: line) else {
                isDamaged = true
                return false
            }
            found.head = parsed.point
            found.lines += 1
            found.length += line.count + 1
            return true
        }
        guard isDamaged || found.head == nil else { return found }
        if found.head == nil {
            // A new file of which nothing became whole: what came before it stands in the one before.
            let first = ChainFolder.first(of: name) ?? 1
            found.head = try points(after: max(0, first - 2), through: first - 1).last
            if found.head == nil, known?.sequence == first - 1 { found.head = known }
        }
        // Whole bundles that the database knows are not cut off, however damaged: a new file goes on after them.
        guard (found.head?.sequence ?? 0) >= (known?.sequence ?? 0) else { return try begin(after: known) }
        return found
    }

    private func begin(after point: ChainPoint?) throws -> State {
        let name = ChainFolder.name(first: (point?.sequence ?? 0) + 1)
        guard !DurableFile.exists(folder.file(name)) else {
            throw EvidenceError(
                .chain,
                "\(folder.file(name)) is damaged, and bundles of it are kept in the database: copy the evidence folder, "
                    + "verify it, then move that file away"
            )
        }
        return State(head: point, file: name, lines: 0, length: 0)
    }

    /// The places of bundles `sequence` + 1 to `last`, from the files.
    private func points(after sequence: Int64, through last: Int64) throws -> [ChainPoint] {
        guard sequence < last else { return [] }
        let files = try folder.files()
        let start = files.lastIndex { (ChainFolder.first(of: $0) ?? 0) <= sequence + 1 } ?? 0
        var points: [ChainPoint] = []
        for name in files[min(start, files.count)...] {
            try folder.readLines(name) { line, isWhole in
                guard isWhole, let parsed = try? ChainLine(parsing: line) else { return false }
                if parsed.header.sequence > sequence, parsed.header.sequence <= last { points.append(parsed.point) }
                return parsed.header.sequence < last
            }
        }
        return points
    }
}
