// What the server changes and the vehicle asks for: GET /sync/v1/changes?after=N&history=H&limit=M
package import ParkingCore

package import struct Foundation.Date

/// One record put or removed. Changes carry one number that grows over all feeds.
package struct ListChange: Hashable, Sendable, Codable {
    package let change: Int64
    package let feed: Feed
    package let key: String
    /// nil: the record with this key is gone.
    package let record: ListRecord?

    package init(change: Int64, feed: Feed, key: String, record: ListRecord?) {
        self.change = change
        self.feed = feed
        self.key = key
        self.record = record
    }
}

/// When a list was imported at the server last, changed or not.
package struct FeedImport: Hashable, Sendable, Codable {
    package let feed: Feed
    package let at: Date

    package init(feed: Feed, at: Date) {
        self.feed = feed
        self.at = at
    }
}

package struct ChangesAnswer: Hashable, Sendable, Codable {
    package let version: Int
    package let changes: [ListChange]
    /// Ask for 'after' this one next; equals the question's when there was nothing new.
    package let upTo: Int64
    /// Names the import that `upTo` belongs to; part of the next question. A back office that was put back from an older
    /// copy gives the same numbers to other changes, and is known by that. nil: there was no import yet.
    package let history: String?
    package let more: Bool
    /// The server's time: what holds once `more` is false.
    package let asOf: Date
    /// Lists that were ever imported; of others the server knows nothing, which is not that they are empty. nil: who made
    /// the answer vouches for all of them; a server never does.
    package let imported: [FeedImport]?

    package init(
        changes: [ListChange],
        upTo: Int64,
        history: String? = nil,
        more: Bool,
        asOf: Date,
        imported: [FeedImport]? = nil
    ) {
        version = syncProtocolVersion
        self.changes = changes
        self.upTo = upTo
        self.history = history
        self.more = more
        self.asOf = asOf
        self.imported = imported
    }
}

/// POST /sync/v1/number-blocks: a run of ticket serials for one vehicle; the same `request` gets the same block again.
package struct NumberBlockRequest: Hashable, Sendable, Codable {
    package let vehicle: VehicleID
    package let request: UUIDv7
    package let size: Int
    /// The highest serial that this vehicle was ever given: a server put back from an older copy leases above it. nil:
    /// none yet.
    package let highest: Int?

    package init(vehicle: VehicleID, request: UUIDv7, size: Int, highest: Int? = nil) {
        self.vehicle = vehicle
        self.request = request
        self.size = size
        self.highest = highest
    }
}

package struct NumberBlock: Hashable, Sendable, Codable {
    package let first: Int
    package let last: Int

    package init(first: Int, last: Int) {
        self.first = first
        self.last = last
    }
}

/// Every error of the sync endpoint: a sentence that names the thing and the cure.
package struct SyncProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    package let error: String
    package init(error: String) { self.error = error }
    package var description: String { error }
}
