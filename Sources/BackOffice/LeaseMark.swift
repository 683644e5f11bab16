// How far ticket numbers were ever leased, in the name of a file beside the database, so that an older copy of the
// database that is put in its place does not lease them again.
//
//   DIR/numbers/to-0005500.INODE.SECONDS.NANOSECONDS
//
// The number stands in the name because an older copy of the whole folder that is copied over it brings its own file
// and leaves this one. The identity stands there because one that replaces the folder does not: its file is a copy.
internal import DurableFiles
internal import Foundation
internal import ParkingCore

struct LeaseMark: Sendable {
    struct Finding: Hashable, Sendable {
        /// 0: no number was leased that is known of.
        let highest: Int
        /// False: there may have been higher ones.
        let isOriginal: Bool
    }

    let folder: String
    private var unfinished: String { folder + "/.unfinished" }

    init(folder: String) { self.folder = folder }

    /// - Throws: `DurableFileError` when the folder cannot be made, or a mark not be looked at.
    func find() throws -> Finding? {
        var finding: Finding?
        for name in try names() {
            guard let serial = Self.serial(name), serial >= finding?.highest ?? 0 else { continue }
            let isOriginal = try name == Self.name(serial, FileIdentity(path: "\(folder)/\(name)"))
            finding = Finding(
                highest: serial,
                isOriginal: isOriginal || (finding?.highest == serial && finding?.isOriginal == true)
            )
        }
        return finding
    }

    /// Returns once the disk holds the mark; lower ones go.
    /// - Throws: `DurableFileError`.
    func note(_ serial: Int) throws {
        let sentence =
            "Ticket numbers up to \(serial) are leased to vehicles. Without this file they may be leased twice.\n"
        try DurableFile.write(Array(sentence.utf8), to: unfinished, replace: true)
        let name = try Self.name(serial, FileIdentity(path: unfinished))
        try DurableFile.install(unfinished, at: "\(folder)/\(name)")
        for other in try names() where other != name && (Self.serial(other) ?? .max) <= serial {
            DurableFile.removeFile("\(folder)/\(other)")
        }
    }

    private func names() throws -> [String] {
        try DurableFile.makeFolder(folder)
        return try FileManager.default.contentsOfDirectory(atPath: folder)
    }

    private static func name(_ serial: Int, _ identity: FileIdentity) -> String {
        let digits = String(serial)
        return "to-" + String(repeating: "0", count: max(0, 7 - digits.count)) + digits + ".\(identity)"
    }

    private static func serial(_ name: String) -> Int? {
        guard name.hasPrefix("to-"), let dot = name.firstIndex(of: "."),
            let serial = Int(name[name.index(name.startIndex, offsetBy: 3)..<dot]),
            TicketNumber.serials.contains(serial)
        else { return nil }
        return serial
    }
}
