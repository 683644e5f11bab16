// The town's lists as its server came to hold them: what each looked like at any instant, for vehicles that are behind.
package import Foundation
package import ParkingCore

/// One record put in, or replaced, at a time.
package struct ListVersion: Sendable {
    package let atServer: Date
    package let record: ListRecord
}

package struct ListHistory: Sendable {
    /// Of each plate its records by key, each with its versions in order of time.
    private var records: [Plate: [(key: String, versions: [ListVersion])]] = [:]
    /// Everything in the order in which the server came to know it.
    package private(set) var changes: [ListVersion] = []

    /// - Throws: what is wrong with a plate or a window; a town has none that are wrong.
    package init(of town: Town) throws {
        for (index, purchases) in town.purchasesOfVehicle.enumerated() {
            for (number, purchase) in purchases.enumerated() {
                try add(purchase, key: "S\(index)-\(number)", zone: town.zones[purchase.zone].name)
            }
        }
        try addGrants(town)
        for (index, vehicle) in town.vehicles.enumerated() { try addStanding(vehicle, index) }
        changes.sort { $0.atServer < $1.atServer }
    }

    /// What the lists say of some plates, as the server had them at an instant.
    package func answer(for plates: [Plate], asOf: Date) -> [ListRecord] {
        var found: [ListRecord] = []
        for plate in plates {
            for (_, versions) in records[plate] ?? [] {
                if let version = versions.last(where: { $0.atServer <= asOf }) { found.append(version.record) }
            }
        }
        return found
    }

    package func count(of feed: Feed) -> Int {
        records.values.reduce(0) { $0 + $1.count { $0.versions.first?.record.feed == feed } }
    }

    private mutating func put(_ record: ListRecord, at time: Date) {
        let version = ListVersion(atServer: time, record: record)
        changes.append(version)
        var known = records[record.plate] ?? []
        if let index = known.firstIndex(where: { $0.key == record.key }) {
            known[index].versions.append(version)
        } else {
            known.append((record.key, [version]))
        }
        records[record.plate] = known
    }

    private mutating func add(_ purchase: Purchase, key: String, zone: String) throws {
        let plate = try Plate(purchase.typed)
        var latest = Date.distantPast
        for step in purchase.steps {
            // A correction never overtakes what it corrects.
            latest = max(latest, step.atServer)
            let session = ParkingSession(
                session: key,
                plate: plate,
                zone: try ZoneID(zone),
                validity: try TimeWindow(from: step.from, to: step.until)
            )
            put(.session(session), at: latest)
        }
    }

    private mutating func addGrants(_ town: Town) throws {
        for grant in town.grants {
            guard let kind = PermitKind(rawValue: grant.kind) else { continue }
            for vehicle in grant.vehicles {
                let permit = Permit(
                    permit: grant.name,
                    plate: try Plate(town.vehicles[vehicle].plate),
                    kind: kind,
                    zones: [try ZoneID(town.zones[grant.zone].name)],
                    validity: try TimeWindow(from: grant.from, to: grant.until),
                    vehiclesAtOnce: grant.vehicles.count > 1 ? 1 : nil
                )
                put(.permit(permit), at: .distantPast)
            }
        }
    }

    private mutating func addStanding(_ vehicle: Vehicle, _ index: Int) throws {
        let plate = try Plate(vehicle.plate)
        if vehicle.isExempt {
            let window = try TimeWindow(
                from: Date(timeIntervalSince1970: 1_700_000_000),
                to: Date(timeIntervalSince1970: 2_000_000_000)
            )
            put(
                .exemption(Exemption(exemption: "E\(index)", plate: plate, kind: .municipal, validity: window)),
                at: .distantPast
            )
        }
        if vehicle.isScofflaw {
            put(
                .scofflaw(Scofflaw(plate: plate, unpaidTickets: 4, unpaidCents: 24_000, eligibleFor: .boot)),
                at: .distantPast
            )
        }
        if vehicle.isWatched {
            put(.watchlist(WatchlistEntry(entry: "W\(index)", plate: plate, reason: "stolen")), at: .distantPast)
        }
    }
}
