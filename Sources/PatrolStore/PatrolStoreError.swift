// Everything that can go wrong with the vehicle's database, as sentences that name the thing and the cure.
package import Foundation
internal import GRDB
package import ParkingCore

package enum PatrolStoreError: Error, CustomStringConvertible {
    /// Another process has the file.
    case inUse(path: String, process: String?)
    case newerVersion(path: String)
    case damaged(path: String, detail: String)
    /// An empty file where a used database was.
    case emptied(path: String, beside: String)
    case full(path: String)
    case notWritable(path: String, detail: String)
    case otherVehicle(path: String, owner: VehicleID, asked: VehicleID)
    /// Lists only: the database was opened without a vehicle.
    case noVehicle(path: String)
    case unknownRead(UUIDv7)
    case alreadyRecorded(UUIDv7)
    case nothingToDecide(UUIDv7)
    case alreadyDecided(read: UUIDv7, verdict: String)
    case replaced(read: UUIDv7, by: String)
    case replacedAndPurged(read: UUIDv7)
    case reasonMissing
    case notAccepted(read: UUIDv7)
    case alreadyTicketed(read: UUIDv7, number: TicketNumber)
    /// The same plate was ticketed for the same infraction in the same zone a short while ago, by another read.
    case alreadyIssued(number: TicketNumber, at: Date)
    case wrongTicket(detail: String)
    case unknownTicket(UUIDv7)
    case alreadyVoid(number: TicketNumber, reason: String)
    case shiftOpen(OfficerID)
    case noShift
    case noNumberLeft
    case badNumberBlock(detail: String)
    case badAnswer(detail: String)
    case listFile(path: String, problem: String)
    /// Bad rows, and nobody said that the good ones shall be kept.
    case importRefused(ListImportReport)
    /// The evidence of a fact could not be signed or put on disk.
    case notSealed(detail: String)
    case unreadableFact(sequence: Int64, detail: String)
    case backup(path: String, detail: String)
    case unreadableChalk(detail: String)
    case database(path: String, detail: String)

    package var description: String {
        switch self {
        case .inUse(let path, let process):
            "\(path) is in use by another process\(process.map { " (\($0))" } ?? ""); stop it, or ask it to do the work"
        case .newerVersion(let path):
            "\(path) was written by a newer version of this program; install that version, or use another database file"
        case .damaged(let path, let detail):
            "\(path) is damaged or no database (\(detail)); move it away and put a backup in its place (see 'patrold"
                + " database --help'), or start with a new file"
        case .emptied(let path, let beside):
            "\(path) is empty, while \(beside) shows that it was in use; put a backup in its place (see 'patrold database"
                + " --help'), or, to begin anew, move it away together with its evidence and photos"
        case .full(let path):
            "no space is left for \(path); free some on its disk. What was recorded before is intact"
        case .notWritable(let path, let detail):
            "\(path) cannot be opened (\(detail)); check that its folder exists and that this user may write to it"
        case .otherVehicle(let path, let owner, let asked):
            "\(path) belongs to vehicle \(owner), not to \(asked); use that vehicle's name, or a database file of its own"
        case .noVehicle(let path):
            "\(path) was opened for lists only; name the vehicle to record with it"
        case .unknownRead(let id): "there is no read \(id)"
        case .alreadyRecorded(let id): "\(id) is recorded already; each fact is recorded once"
        case .nothingToDecide(let id): "read \(id) was clear; only an alert or a second look is decided"
        case .alreadyDecided(let read, let verdict): "read \(read) was \(verdict) already; a decision is taken once"
        case .replaced(let read, let other): "read \(read) was replaced by a better one; decide on read \(other)"
        case .replacedAndPurged(let read):
            "read \(read) was replaced by a better one, which was clear and is purged: there is nothing to decide"
        case .reasonMissing: "a rejection needs its reason"
        case .notAccepted(let read): "read \(read) was not accepted; accept it before a ticket is issued"
        case .alreadyTicketed(let read, let number): "read \(read) has ticket \(number) already"
        case .alreadyIssued(let number, let time):
            "this plate was given ticket \(number) for the same infraction at \(time.formatted(.iso8601))"
        case .wrongTicket(let detail): "the ticket does not fit: \(detail)"
        case .unknownTicket(let id): "there is no ticket \(id)"
        case .alreadyVoid(let number, let reason): "ticket \(number) is void already: \(reason)"
        case .shiftOpen(let officer): "officer \(officer) is on shift; that shift must end first"
        case .noShift: "nobody is on shift; sign in first"
        case .noNumberLeft: "no ticket number is left; connect to the back office, which gives out blocks of numbers"
        case .badNumberBlock(let detail): "the block of ticket numbers is refused: \(detail)"
        case .badAnswer(let detail): "the server's changes are refused: \(detail)"
        case .listFile(let path, let problem): "\(path): \(problem)"
        case .importRefused(let report):
            "nothing was taken: \(report.badRows) of \(report.badRows + report.goodRows) rows are bad; correct them, or"
                + " keep the good ones with --keep-good"
        case .notSealed(let detail): "nothing was recorded, for its evidence could not be kept: \(detail)"
        case .unreadableFact(let sequence, let detail): "fact \(sequence) cannot be read back: \(detail)"
        case .backup(let path, let detail): "the database cannot be copied to \(path): \(detail)"
        case .unreadableChalk(let detail): "a chalk mark cannot be read back: \(detail)"
        case .database(let path, let detail): "\(path): \(detail)"
        }
    }

    /// Puts what SQLite says into words; errors of our own pass through.
    static func wrapping(_ error: any Error, path: String) -> PatrolStoreError {
        if let own = error as? PatrolStoreError { return own }
        guard let error = error as? DatabaseError else { return .database(path: path, detail: "\(error)") }
        let detail = error.message ?? "\(error.resultCode)"
        return switch error.resultCode {
        case .SQLITE_FULL: .full(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path: path, detail: detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(path: path, process: nil)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: .notWritable(path: path, detail: detail)
        default: .database(path: path, detail: detail)
        }
    }
}
