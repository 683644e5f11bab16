// What a position comes to: address, side, block, zone, and what is left in doubt.
import Foundation
import ParkingCore
import Testing

@testable import Addressing

@Suite struct LocateTests {
    let place: Workplace
    let book: AddressBook

    init() throws {
        place = try Workplace()
        book = try Village.book(place)
    }

    private func ask(_ sighting: Sighting, after memory: PlaceMemory? = nil) throws -> PlaceAnswer {
        try #require(try book.locate(sighting, after: memory)).answer
    }

    @Test(arguments: [
        // Eastbound drives south of the line and sees even numbers to its right; westbound the other way round.
        (90.0, -1.8, 90.0, "8 Mill Street", CompassSide.south), (90, -1.8, -90, "7 Mill Street", .north),
        (270, 1.8, 90, "7 Mill Street", .north), (270, 1.8, -90, "8 Mill Street", .south),
        (90, -1.8, 270, "7 Mill Street", .north),
    ])
    func `the camera's side and the heading tell odd from even`(
        heading: Double,
        north: Double,
        camera: Double,
        text: String,
        side: CompassSide
    ) throws {
        let answer = try ask(Village.sighting(65, north, error: 1.5, heading: heading, camera: camera))
        #expect(answer.text.en == text)
        #expect(answer.side == side)
        #expect(answer.basis == .addressPoint)
        #expect(answer.isSure, "\(answer)")
        #expect(answer.sureness > 0.9)
    }

    @Test func `a block runs from crossing to crossing over a mere joint of its line`() throws {
        for east in [40.0, 160] {
            let answer = try ask(Village.sighting(east, -1.8))
            #expect(answer.block.en == "south side of Mill Street, between King Street and Queen Street")
            #expect(answer.block.fr.hasPrefix("c\u{F4}t\u{E9} sud de Mill Street"))
        }
    }

    @Test func `without a heading the side is to be confirmed`() throws {
        let answer = try ask(Village.sighting(65, 0, heading: nil))
        #expect(answer.street == "Mill Street")
        #expect(answer.toConfirm.contains(.side))
        #expect(!answer.isSure)
    }

    @Test func `a course at a standstill is not gone by`() throws {
        let answer = try ask(Village.sighting(65, -1.8, heading: 0, speed: 0.2))
        #expect(answer.street == "Mill Street")
    }

    @Test func `at a corner the heading tells the street`() throws {
        let along = try ask(Village.sighting(4, -2, error: 5, heading: 90))
        let across = try ask(Village.sighting(4, -2, error: 5, heading: 0))
        #expect(along.street == "Mill Street")
        #expect(across.street == "King Street")
        // King Street has no numbers: the nearest crossing names the place, and the officer is asked.
        #expect(across.text.en == "near King Street at Mill Street")
        #expect(across.text.fr == "pr\u{E8}s de King Street et de Mill Street")
        #expect(across.basis == .intersection)
        #expect(across.toConfirm.contains(.number))
    }

    @Test func `between parallel streets a poor position is unsure and names the runner-up`() throws {
        let poor = try ask(Village.sighting(100, 17, error: 30))
        #expect(poor.toConfirm.contains(.street))
        #expect(poor.runnerUp != nil)
        let good = try ask(Village.sighting(100, 33.5, error: 2))
        #expect(good.street == "Rear Lane")
        #expect(!good.toConfirm.contains(.street))
    }

    @Test func `an error along the street leaves the side sure and the number not`() throws {
        let point = try Village.geo(65, -1.8)
        func ask(bearing: Double) throws -> PlaceAnswer {
            try self.ask(
                Sighting(
                    point: point,
                    error: .ellipse(majorMetres: 25, minorMetres: 1, bearingDegrees: bearing),
                    headingDegrees: 90,
                    speedMetresPerSecond: 8,
                    cameraAngleDegrees: 90
                )
            )
        }
        let along = try ask(bearing: 90)
        #expect(along.toConfirm == [.number])
        let across = try ask(bearing: 0)
        #expect(across.sureness < 0.99)
        #expect(across.toConfirm.contains(.street) || across.faceSureness < along.faceSureness)
        #expect(across.number == "8")
    }

    @Test func `the answer of a moment ago decides between equals`() throws {
        let between = try Village.sighting(100, 15.7, error: 8, camera: nil)
        let onLane = try #require(try book.locate(Village.sighting(90, 33.5)))
        let onMill = try #require(try book.locate(Village.sighting(90, -1.8)))
        #expect(try ask(between, after: onLane.memory).street == "Rear Lane")
        #expect(try ask(between, after: onMill.memory).street == "Mill Street")
    }

    @Test func `a camera that looks ahead sees the next house`() throws {
        let square = try ask(Village.sighting(61, -1.8, error: 1, camera: 90))
        let ahead = try ask(Village.sighting(61, -1.8, error: 1, camera: 25))
        #expect(square.number == "8")
        #expect(ahead.number == "8")
        #expect(try ask(Village.sighting(69, -1.8, error: 1, camera: 25)).number == "10")
        #expect(try ask(Village.sighting(69, -1.8, error: 1, camera: 90)).number == "8")
    }

    @Test func `the smallest zone around the parked vehicle is told`() throws {
        #expect(try ask(Village.sighting(50, -1.8)).zone == "Court")
        #expect(try ask(Village.sighting(80, -1.8)).zone == "Core")
        #expect(try ask(Village.sighting(180, -1.8)).zone == nil)
    }

    @Test func `where no street is in reach there is no answer`() throws {
        #expect(try book.locate(Village.sighting(100, 2500)) == nil)
        #expect(try book.locate(Village.sighting(100, 80, error: 1)) == nil)
    }

    @Test func `absurd sightings do no harm`() throws {
        let here = try Village.geo(0, 0)
        let pole = try GeoPoint(latitude: 90, longitude: 180)
        let absurd: [Sighting] = [
            Sighting(point: here, error: .radius(metres: .nan)),
            Sighting(
                point: here,
                error: .ellipse(majorMetres: .infinity, minorMetres: -4, bearingDegrees: .nan),
                headingDegrees: .nan,
                speedMetresPerSecond: .infinity,
                cameraAngleDegrees: .nan
            ),
            Sighting(point: here, error: .radius(metres: 0), headingDegrees: 1e300, speedMetresPerSecond: -5),
        ]
        for sighting in absurd {
            let answer = try #require(try book.locate(sighting)).answer
            #expect((0...1).contains(answer.sureness))
        }
        #expect(try book.locate(Sighting(point: pole, error: .radius(metres: 1e9))) == nil)
    }

    @Test func `an answer survives the wire`() throws {
        let answer = try ask(Village.sighting(65, -1.8))
        let again = try WireCoding.decoder().decode(PlaceAnswer.self, from: WireCoding.encoder().encode(answer))
        #expect(again == answer)
    }
}
