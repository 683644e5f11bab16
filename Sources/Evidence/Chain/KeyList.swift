// Every key that a vehicle ever signed with, each vouched for by the one before it: what a tribunal or the back office
// keeps, to know later whose signature it sees.
package import Foundation
package import ParkingCore

/// `keys.json`, in the form of RFC 8785.
package struct KeyList: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// 1, 2, 3 ...
        package let number: Int64
        package let publicKey: EvidencePublicKey
        /// From when on the vehicle signed with it.
        package let from: Date
        /// By the key itself: whoever made the entry had it.
        let ownSignature: [UInt8]
        /// By the key before it; empty for the first.
        let previousSignature: [UInt8]
    }

    package let vehicle: VehicleID
    package let entries: [Entry]

    static let format = "curbside-patrol keys 1"

    /// A list of one key.
    package init(first key: EvidenceSigningKey, vehicle: VehicleID, at time: Date) throws(EvidenceError) {
        self.vehicle = vehicle
        let statement = KeyList.statement(vehicle, 1, key.publicKey, WireCoding.text(time), previous: nil)
        entries = [
            Entry(
                number: 1,
                publicKey: key.publicKey,
                from: time,
                ownSignature: try key.signature(for: statement),
                previousSignature: []
            )
        ]
    }

    private init(vehicle: VehicleID, entries: [Entry]) {
        self.vehicle = vehicle
        self.entries = entries
    }

    /// The list with a new key, vouched for by the newest.
    /// - Throws: `EvidenceError.keyList` unless `old` is the newest key and `new` is not in the list yet.
    package func rotated(
        to new: EvidenceSigningKey,
        signedBy old: EvidenceSigningKey,
        at time: Date
    ) throws(EvidenceError) -> KeyList {
        guard let newest = entries.last, newest.publicKey == old.publicKey else {
            throw EvidenceError(
                .keyList,
                "the signing key is not the newest of the list, so it cannot vouch for another"
            )
        }
        guard !entries.contains(where: { $0.publicKey == new.publicKey }) else {
            throw EvidenceError(.keyList, "the new key is in the list already; make another")
        }
        let number = newest.number + 1
        let statement = KeyList.statement(
            vehicle,
            number,
            new.publicKey,
            WireCoding.text(time),
            previous: old.publicKey.id
        )
        let entry = Entry(
            number: number,
            publicKey: new.publicKey,
            from: time,
            ownSignature: try new.signature(for: statement),
            previousSignature: try old.signature(for: statement)
        )
        return KeyList(vehicle: vehicle, entries: entries + [entry])
    }

    package func entry(_ id: String) -> Entry? { entries.first { $0.publicKey.id == id } }

    /// What the keys sign about a key.
    private static func statement(
        _ vehicle: VehicleID,
        _ number: Int64,
        _ key: EvidencePublicKey,
        _ from: String,
        previous: String?
    ) -> [UInt8] {
        CanonicalJSON.object([
            "format": .text("curbside-patrol key 1"),
            "from": .text(from),
            "key": .text(Hex.text(key.raw)),
            "number": .integer(number),
            "previous": previous.map { .text($0) } ?? .null,
            "vehicle": .text(vehicle.text),
        ]).bytes
    }
}

extension KeyList {
    package var bytes: [UInt8] {
        let keys = entries.map { entry in
            CanonicalJSON.object([
                "from": .text(WireCoding.text(entry.from)),
                "id": .text(entry.publicKey.id),
                "key": .text(Hex.text(entry.publicKey.raw)),
                "number": .integer(entry.number),
                "ownSignature": .text(Hex.text(entry.ownSignature)),
                "previousSignature": .text(Hex.text(entry.previousSignature)),
            ])
        }
        return CanonicalJSON.object([
            "format": .text(KeyList.format), "keys": .list(keys), "vehicle": .text(vehicle.text),
        ]).bytes + [UInt8(ascii: "\n")]
    }

    /// Reads and checks a list: its form, and that each key vouches for itself and for the next.
    /// - Throws: `EvidenceError.keyList` with the first thing that does not hold.
    package init(bytes: [UInt8]) throws(EvidenceError) {
        func fault(_ what: String) -> EvidenceError {
            EvidenceError(.keyList, "the list of keys does not hold: \(what)")
        }
        let json: CanonicalJSON
        do {
            json = try CanonicalJSON(parsing: bytes)
        } catch {
            throw fault("it is \(error.message)")
        }
        guard json["format"]?.text == KeyList.format, let name = json["vehicle"]?.text,
            let vehicle = try? VehicleID(name), let items = json["keys"]?.list, !items.isEmpty
        else { throw fault("it is no list of keys as 'patrold provision keys' writes it") }
        var entries: [Entry] = []
        for item in items {
            let number = Int64(entries.count + 1)
            guard let entry = KeyList.entry(item), entry.number == number else {
                throw fault("its entry \(number) is incomplete or out of order")
            }
            let statement = KeyList.statement(
                vehicle,
                number,
                entry.publicKey,
                WireCoding.text(entry.from),
                previous: entries.last?.publicKey.id
            )
            guard entry.publicKey.isValid(entry.ownSignature, for: statement) else {
                throw fault("key \(number) is not signed by itself; the entry was altered")
            }
            if let previous = entries.last {
                guard previous.publicKey.isValid(entry.previousSignature, for: statement) else {
                    throw fault("key \(number) is not signed by key \(number - 1); it was put in by somebody else")
                }
            }
            entries.append(entry)
        }
        self.init(vehicle: vehicle, entries: entries)
        guard self.bytes == bytes else { throw fault("it was altered, or written by another program") }
    }

    private static func entry(_ item: CanonicalJSON) -> Entry? {
        guard let number = item["number"]?.integer, let from = item["from"]?.text.flatMap(WireCoding.date),
            let raw = item["key"]?.text.flatMap({ Hex.bytes($0.utf8) }), let key = EvidencePublicKey(raw: raw),
            let own = item["ownSignature"]?.text.flatMap({ Hex.bytes($0.utf8) }),
            let previous = item["previousSignature"]?.text.flatMap({ Hex.bytes($0.utf8) })
        else { return nil }
        return Entry(number: number, publicKey: key, from: from, ownSignature: own, previousSignature: previous)
    }
}
