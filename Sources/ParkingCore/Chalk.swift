// Digital chalk: what is kept of a parked car at one pass, and what a later pass may conclude from it.
//
// A mark is one pass of one car. A stay is a run of marks between which the car most probably was not moved; it is named
// by the read of its first mark.
package import struct Foundation.Date

/// What a time limit counts: time in one space, or time anywhere in the zone.
package enum ChalkBasis: String, Hashable, Sendable, Codable, CaseIterable { case position, zone }

/// An instant of the machine's own clock, which counts on through sleep and is never set: CLOCK_BOOTTIME.
package struct ChalkMoment: Hashable, Sendable, Codable {
    /// Names the boot that `seconds` counts from (Linux: /proc/sys/kernel/random/boot_id).
    package let boot: String
    package let seconds: Double

    package init(boot: String, seconds: Double) {
        self.boot = boot
        self.seconds = seconds
    }
}

/// A photo of a pass by its content; the bytes lie in the evidence folder.
package struct ChalkPhoto: Hashable, Sendable, Codable {
    /// SHA-256 of the JPEG file, 64 lower-case hex digits.
    package let sha256: String
    /// The plate's close-up; else the whole scene.
    package let isCloseUp: Bool
    package let bytes: Int

    package init(sha256: String, isCloseUp: Bool, bytes: Int) {
        self.sha256 = sha256
        self.isCloseUp = isCloseUp
        self.bytes = bytes
    }
}

/// One pass of one parked car.
package struct ChalkMark: Hashable, Sendable, Codable {
    package let read: UUIDv7
    /// First mark of the stay that this one most probably belongs to; its own read where it begins one.
    package let stay: UUIDv7
    package let plate: Plate
    /// Calibrated, of the text.
    package let confidence: Double
    /// Wall time of the read.
    package let time: Date
    /// nil: not known (a recording).
    package let moment: ChalkMoment?
    /// Whether anything vouched for the clock that `time` came from.
    package let isClockTrusted: Bool
    /// Of the patrol vehicle, not of the car.
    package let fix: Fix?
    /// Where the camera looked, clockwise from straight ahead; nil: not known.
    package let cameraAngleDegrees: Double?
    package let place: PlaceAnswer?
    package let zone: ZoneID?
    /// Of this pass, close-up first; empty where an earlier mark of the stay has them.
    package let photos: [ChalkPhoto]

    package init(
        read: UUIDv7,
        stay: UUIDv7,
        plate: Plate,
        confidence: Double,
        time: Date,
        moment: ChalkMoment?,
        isClockTrusted: Bool,
        fix: Fix?,
        cameraAngleDegrees: Double?,
        place: PlaceAnswer?,
        zone: ZoneID?,
        photos: [ChalkPhoto]
    ) {
        self.read = read
        self.stay = stay
        self.plate = plate
        self.confidence = confidence
        self.time = time
        self.moment = moment
        self.isClockTrusted = isClockTrusted
        self.fix = fix
        self.cameraAngleDegrees = cameraAngleDegrees
        self.place = place
        self.zone = zone
        self.photos = photos
    }
}

/// A time limit as it holds at the moment of a read.
package struct ChalkRule: Hashable, Sendable, Codable {
    /// Name of the rule in the city's file.
    package let rule: String
    /// Where it holds: one rule of two zones may count other hours in each. nil: asked for no zone.
    package let zone: ZoneID?
    package let basis: ChalkBasis
    package let limitMinutes: Int
    /// Time beyond the limit that is let pass.
    package let graceMinutes: Int
    /// A car that is back in its block (`position`) or zone (`zone`) before it was away for so long counts as not having
    /// left; nil: any absence ends the stay.
    package let returnAfterMinutes: Int?
    /// Spans, in order, of which alone time counts towards the limit: those in which the rule holds, from before the
    /// oldest mark that matters to days ahead. nil: all time counts (a limit of days).
    package let hours: [Range<Date>]?
    /// A car that was ticketed and stays may be ticketed again after another full limit.
    package let mayRepeat: Bool

    package init(
        rule: String,
        zone: ZoneID? = nil,
        basis: ChalkBasis,
        limitMinutes: Int,
        graceMinutes: Int = 0,
        returnAfterMinutes: Int? = nil,
        hours: [Range<Date>]? = nil,
        mayRepeat: Bool = false
    ) {
        self.rule = rule
        self.zone = zone
        self.basis = basis
        self.limitMinutes = limitMinutes
        self.graceMinutes = graceMinutes
        self.returnAfterMinutes = returnAfterMinutes
        self.hours = hours
        self.mayRepeat = mayRepeat
    }
}

/// A car that was there longer than the limit allows, if it stayed: the probability of that is stated.
package struct ChalkFinding: Hashable, Sendable, Codable {
    package let rule: String
    /// nil: asked for no zone, or written before it was kept.
    package let zone: ZoneID?
    package let basis: ChalkBasis
    package let limitMinutes: Int
    /// The pass from which the time counts.
    package let firstRead: UUIDv7
    /// By the clock of the last pass where nothing vouched for the first one's.
    package let firstSeen: Date
    package let lastSeen: Date
    /// Time that counts towards the limit, by the machine's own clock where both passes lie within one boot.
    package let elapsedSeconds: Double
    /// That the car stayed, in the by-law's sense, from the first pass to the last.
    package let stayedProbability: Double
    /// Passes that agree with it, the first and the last included.
    package let passes: Int
    /// Passes between at which it was not read, where it would have been away for long enough to have left.
    package var missedPasses: Int { keptMissedPasses ?? 0 }
    /// nil: written before they were counted.
    private let keptMissedPasses: Int?
    /// Passes that placed the car in another zone than the last one did, or in none; nil: not kept by the version that
    /// wrote it.
    package let passesElsewhere: Int?
    /// Between the two places of the car as reckoned; nil: not known.
    package let distanceMetres: Double?
    /// That it was not moved at all between two passes that follow each other, where that is least probable; nil: not kept
    /// by the version that wrote it.
    package let unmovedProbability: Double?
    /// What each pass read. Texts that differ may be one car; they are never enough for a ticket.
    package let firstPlate: Plate
    package let lastPlate: Plate
    /// Confidence of the first pass's text.
    package let firstConfidence: Double
    /// False: neither one boot nor clocks that were vouched for at both passes stand behind the elapsed time.
    package let isElapsedCertain: Bool
    /// Of the first pass, close-up first.
    package let photos: [ChalkPhoto]

    /// Whether it is about this limit in this zone.
    package func isOf(_ rule: String, in zone: ZoneID) -> Bool { self.rule == rule && (self.zone ?? zone) == zone }

    package init(
        rule: String,
        zone: ZoneID? = nil,
        basis: ChalkBasis,
        limitMinutes: Int,
        firstRead: UUIDv7,
        firstSeen: Date,
        lastSeen: Date,
        elapsedSeconds: Double,
        stayedProbability: Double,
        passes: Int,
        missedPasses: Int = 0,
        passesElsewhere: Int? = nil,
        distanceMetres: Double?,
        unmovedProbability: Double? = nil,
        firstPlate: Plate,
        lastPlate: Plate,
        firstConfidence: Double,
        isElapsedCertain: Bool,
        photos: [ChalkPhoto]
    ) {
        self.rule = rule
        self.zone = zone
        self.basis = basis
        self.limitMinutes = limitMinutes
        self.firstRead = firstRead
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.elapsedSeconds = elapsedSeconds
        self.stayedProbability = stayedProbability
        self.passes = passes
        keptMissedPasses = missedPasses
        self.passesElsewhere = passesElsewhere
        self.distanceMetres = distanceMetres
        self.unmovedProbability = unmovedProbability
        self.firstPlate = firstPlate
        self.lastPlate = lastPlate
        self.firstConfidence = firstConfidence
        self.isElapsedCertain = isElapsedCertain
        self.photos = photos
    }

    private enum CodingKeys: String, CodingKey {
        case rule, zone, basis, limitMinutes, firstRead, firstSeen, lastSeen, elapsedSeconds, stayedProbability, passes
        case keptMissedPasses = "missedPasses"
        case passesElsewhere, distanceMetres, unmovedProbability, firstPlate, lastPlate, firstConfidence
        case isElapsedCertain, photos
    }

    /// Whether both passes read the same text.
    package var isPlateAgreed: Bool { firstPlate == lastPlate }

    /// Whether the finding alone is enough for a ticket; the judge may still doubt the read, the place or the lists.
    ///
    /// A car that a pass did not find there may have come back to the very same space: that nobody is ticketed for,
    /// however seldom it is. Where passes of one car that stayed disagree on the zone, none of them knows it.
    package func isCertain(_ model: ChalkModel = .standard) -> Bool {
        isPlateAgreed && isElapsedCertain && missedPasses == 0 && isZoneAgreed && isPlaceAgreed
            && stayedProbability >= model.ticketProbability
    }

    /// Whether it stood where it had stood, as far as positions tell. A limit may count for a whole block or zone; but of a
    /// car that stands elsewhere in it the text alone says that it is the same, and the reader takes I for 1.
    package var isPlaceAgreed: Bool { (unmovedProbability ?? 1) >= 0.5 }

    /// Whether all passes placed the car in one zone.
    package var isZoneAgreed: Bool { (passesElsewhere ?? 0) == 0 }
}
