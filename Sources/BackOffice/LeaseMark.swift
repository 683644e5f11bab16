// How far ticket numbers were ever leased, in the name of a file beside the database, so that an older copy of the
// database that is put in its place does not lease them again.
//
//   DIR/numbers/to-00055008.INODE.SECONDS.NANOSECONDS
//
// The number stands in the name because an older copy of the whole folder that is copied over it brings its own file
// and leaves this one. The identity stands there because one that replaces the folder does not: its file is a copy.
internal import DurableFiles
internal import Foundation
internal import ParkingCore

struct LeaseMark: Sendable {
    struct Finding: Hashable, Sendable {
        /// Serial of the highest number that was leased, as far as marks tell.
        let highest: Int
        /// False: there may have been higher ones.
        let isOriginal: Bool
    }

    let folder: String
    private var unfinished: String { folder + "/.unfinished" }

    init(folder: String) { self.folder = folder }

    /// - Returns: nil where there is no mark.
    /// - Throws: `BackOfficeError` when the folder cannot be made or read.
    func find() throws -> Finding? {
        try explaining {
            let marks = try marks()
            guard let highest = marks.map(\.number).max() else { return nil }
            let isOriginal = try marks.contains { mark in
                try mark.number == highest
                    && mark.name == Self.name(highest, FileIdentity(path: "\(folder)/\(mark.name)"))
            }
            return Finding(highest: highest.serial, isOriginal: isOriginal)
        }
    }

    /// Returns once the disk holds the mark; lower ones go.
    /// - Throws: `BackOfficeError`.
    func note(_ number: TicketNumber) throws {
        let sentence =
            "Ticket numbers up to \(number) are leased to vehicles. Without this file they may be leased twice.\n"
        try explaining {
            try DurableFile.write(Array(sentence.utf8), to: unfinished, replace: true)
            let name = try Self.name(number, FileIdentity(path: unfinished))
            try DurableFile.install(unfinished, at: "\(folder)/\(name)")
            for mark in try marks() where mark.name != name && mark.number <= number {
                DurableFile.removeFile("\(folder)/\(mark.name)")
            }
        }
    }

    /// Files by the number in their name; others are none.
    private func marks() throws -> [(name: String, number: TicketNumber)] {
        try DurableFile.makeFolder(folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in
            guard name.hasPrefix("to-"), let digits = name.dropFirst(3).split(separator: ".").first,
                let number = try? TicketNumber(String(digits))
            else { return nil }
            return (name, number)
        }
    }

    private static func name(_ number: TicketNumber, _ identity: FileIdentity) -> String { "to-\(number).\(identity)" }

    private func explaining<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DurableFileError {
            throw BackOfficeError(error)
        } catch {
            throw BackOfficeError(.data, "the mark of leased ticket numbers in '\(folder)': \(error)")
        }
    }
}
