// How good and how fast answers are, against what the made-up town knows.
internal import Foundation
internal import ParkingCore

#if canImport(Glibc)
internal import Glibc
#endif

/// How often answers were right, for one kind of house at one error.
package struct PrecisionRow: Hashable, Sendable, Codable {
    /// 68 of 100 positions were moved by no more than this, in metres.
    package let errorMetres: Double
    /// Whether the houses asked for were left out of the municipality's file.
    package let isHeldOut: Bool
    package internal(set) var asked = 0
    package internal(set) var exact = 0
    package internal(set) var street = 0
    package internal(set) var streetAndSide = 0
    package internal(set) var blockFace = 0
    /// Answers that may stand on a ticket without a mark, and how many of them are exact.
    package internal(set) var sure = 0
    package internal(set) var sureAndExact = 0
    /// Answers sure of street, side and block, whatever the number, and how many of them are right in that.
    package internal(set) var sureOfFace = 0
    package internal(set) var sureOfFaceAndRight = 0
    package internal(set) var unanswered = 0
}

package enum PrecisionTrial {
    /// Asks for each house where a patrol vehicle would have seen the car before it, its position moved by chance.
    /// - Parameter claimedShare: what the receiver claims of its true error: 1 for an honest one.
    package static func rows(
        _ questions: [TrialQuestion],
        book: AddressBook,
        errorsMetres: [Double],
        seed: UInt64,
        claimedShare: Double = 1
    ) throws(AddressingError) -> [PrecisionRow] {
        var rows: [PrecisionRow] = []
        for error in errorsMetres {
            var known = PrecisionRow(errorMetres: error, isHeldOut: false)
            var heldOut = PrecisionRow(errorMetres: error, isHeldOut: true)
            var chance = SeededChance(seed &+ UInt64(error * 1000))
            for question in questions {
                let sighting = try sighting(of: question, errorMetres: error, claimedShare: claimedShare, &chance)
                let found = try book.locate(sighting)
                if question.isHeldOut {
                    heldOut.count(found, question)
                } else {
                    known.count(found, question)
                }
            }
            rows += [known, heldOut]
        }
        return rows
    }

    /// Where a vehicle in its lane is when its camera sees the car, and what its receiver makes of that.
    static func sighting(
        of question: TrialQuestion,
        errorMetres: Double,
        claimedShare: Double,
        _ chance: inout SeededChance
    ) throws(AddressingError) -> Sighting {
        let isForward = chance.happens(0.5)
        let travel = isForward ? question.direction : question.direction * -1
        let isRight = travel.right.dot(question.outward) > 0
        let angle = [35.0, 60, 90][Int(chance.within(0, 3))]
        let lead = chance.within(2.5, 3.6) * cos(angle * Double.pi / 180) / sin(angle * Double.pi / 180)
        var at = question.curb + travel.right * chance.within(1.2, 3) + travel * -lead
        let deviation = errorMetres / 1.51
        at = at + Metres(east: chance.normal() * deviation, north: chance.normal() * deviation)
        let degrees = TrialTown.plane.degrees(at)
        let heading = (travel.bearingDegrees + chance.normal() * 4 + 720).truncatingRemainder(dividingBy: 360)
        let isStanding = chance.happens(0.1)
        do {
            return Sighting(
                point: try GeoPoint(latitude: degrees.latitude, longitude: degrees.longitude),
                error: .radius(metres: max(1, errorMetres * claimedShare)),
                headingDegrees: isStanding ? chance.within(0, 360) : heading,
                speedMetresPerSecond: isStanding ? 0.3 : chance.within(4, 13),
                cameraAngleDegrees: isRight ? angle : -angle
            )
        } catch {
            throw AddressingError(.badFile, "the trial town has a house at no place: \(error)")
        }
    }
}

extension PrecisionRow {
    mutating func count(_ found: LocatedPlace?, _ question: TrialQuestion) {
        asked += 1
        guard let found else {
            unanswered += 1
            return
        }
        let answer = found.answer
        let isStreet = answer.street == question.street
        let truth = CompassSide(bearingDegrees: question.outward.bearingDegrees)
        let isSide = isStreet && PrecisionRow.areNear(answer.side, truth)
        let isFace = isSide && question.block.contains(Int(found.memory.piece))
        let isExact = isStreet && answer.number == question.number
        if isStreet { street += 1 }
        if isSide { streetAndSide += 1 }
        if isFace { blockFace += 1 }
        if isExact { exact += 1 }
        if answer.isSure {
            sure += 1
            if isExact { sureAndExact += 1 }
        }
        if answer.toConfirm.isEmpty || answer.toConfirm == [.number] {
            sureOfFace += 1
            if isFace { sureOfFaceAndRight += 1 }
        }
    }

    /// The same or the next of eight directions: a bend may lie between the two spots; the other side is four away.
    private static func areNear(_ a: CompassSide, _ b: CompassSide) -> Bool {
        let all = CompassSide.allCases
        guard let i = all.firstIndex(of: a), let j = all.firstIndex(of: b) else { return false }
        let apart = abs(i - j)
        return min(apart, 8 - apart) <= 1
    }
}

/// Milliseconds of one kind of question.
package struct Latencies: Hashable, Sendable, Codable {
    package let median: Double
    package let p99: Double
    package let most: Double

    init(_ milliseconds: [Double]) {
        let sorted = milliseconds.sorted()
        func at(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
        }
        median = at(0.5)
        p99 = at(0.99)
        most = sorted.last ?? 0
    }
}

package enum LocateTrial {
    /// Times of whole answers (on the clock, and of the processor, which other work on the machine does not stretch), and
    /// in turn with them of the index's bare box query at the same places.
    package static func latencies(
        _ questions: [TrialQuestion],
        book: AddressBook,
        errorMetres: Double,
        seed: UInt64
    ) throws(AddressingError) -> (whole: Latencies, processor: Latencies, boxes: Latencies) {
        var whole: [Double] = []
        var boxes: [Double] = []
        var processor: [Double] = []
        var chance = SeededChance(seed)
        let clock = ContinuousClock()
        for question in questions {
            let sighting = try PrecisionTrial.sighting(
                of: question,
                errorMetres: errorMetres,
                claimedShare: 1,
                &chance
            )
            let spent = processorMilliseconds
            let start = clock.now
            _ = try book.locate(sighting)
            let middle = clock.now
            processor.append(processorMilliseconds - spent)
            let again = clock.now
            _ = try book.boxes(around: sighting.point, reachMetres: PlaceReckoning.reachMetres(of: sighting))
            boxes.append(again.duration(to: clock.now) / .milliseconds(1))
            whole.append(start.duration(to: middle) / .milliseconds(1))
        }
        return (Latencies(whole), Latencies(processor), Latencies(boxes))
    }

    /// Processor time that this thread has had; 0 where it cannot be told.
    private static var processorMilliseconds: Double {
        var time = timespec()
        guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }
}
