// One car, one read, from pixels: cars that enter and leave, hide, stand close, cross; cameras that change their minds.
import Foundation
import Imaging
import ParkingCore
import Testing

@testable import PlateRecognition

/// What a camera of 15 frames a second saw and was told.
private struct Watch {
    var reader: PassReader
    var told: [TrackedPlate] = []
    private var frame = 0

    init() throws { reader = PassReader(recogniser: try PlateRecogniser()) }

    mutating func show(_ picture: GreyImage, at seconds: Double? = nil) throws {
        told += try reader.take(picture, at: seconds ?? Double(frame) / 15, frame: frame)
        frame += 1
    }

    /// Ends it. Texts in the order in which they were told; a correction takes the place of what it corrects.
    mutating func end() -> [String] {
        told += reader.finish()
        var texts: [(pass: Int, text: String)] = []
        for pass in told {
            texts.removeAll { $0.pass == pass.pass }
            texts.append((pass.pass, pass.reading.plate.text))
        }
        return texts.map(\.text)
    }
}

@Suite struct DrawnPassTests {
    @Test func `a car that enters and leaves is one read, told within 300 ms of its last useful frame`() throws {
        var watch = try Watch()
        let street = DrawnStreet()
        for frame in 0..<26 {
            try watch.show(try street.frame([.init(car: .dbrn937, x: 640 - Double(frame) * 32, y: 160)]))
        }
        for _ in 0..<6 { try watch.show(try street.frame([])) }
        #expect(watch.end() == ["DBRN937"])
        let pass = try #require(watch.told.first)
        #expect(pass.toldSeconds - pass.usefulSeconds <= 0.3 + 1e-9)
        let box = pass.reading.box
        #expect(box.x > 5 && box.x + box.width < 635, "the best frame shows the whole plate")
        #expect(watch.told.filter(\.isCorrection).count <= 1)
    }

    @Test func `a car behind posts is one read`() throws {
        var watch = try Watch()
        let street = DrawnStreet()
        for frame in 0..<24 {
            let x = 500 - Double(frame) * 18
            try watch.show(try street.frame([.init(car: .ckft482, x: x, y: 150)], posts: [300...390, 130...160]))
        }
        #expect(watch.end() == ["CKFT482"])
    }

    @Test func `two plates close together are two reads`() throws {
        var watch = try Watch()
        let street = DrawnStreet()
        for frame in 0..<14 {
            let x = 330 - Double(frame) * 14
            try watch.show(
                try street.frame([.init(car: .ckft482, x: x, y: 150), .init(car: .dbrn937, x: x + 175, y: 156)])
            )
        }
        #expect(watch.end().sorted() == ["CKFT482", "DBRN937"])
    }

    @Test func `cars whose paths cross are two reads with their own texts`() throws {
        var watch = try Watch()
        let street = DrawnStreet()
        for frame in 0..<22 {
            let shift = Double(frame) * 20
            try watch.show(
                try street.frame([
                    .init(car: .dhks714, x: 60 + shift, y: 150, width: 100),
                    .init(car: .dbrn937, x: 480 - shift, y: 170, width: 125),
                ])
            )
        }
        #expect(watch.end().sorted() == ["DBRN937", "DHKS714"])
    }

    @Test func `a picture of another size in mid-stream belongs to the same pass`() throws {
        var watch = try Watch()
        for frame in 0..<16 {
            let factor = frame < 5 ? 1.0 : frame < 10 ? 1.5 : 0.75
            let street = DrawnStreet(width: Int(640 * factor), height: Int(400 * factor))
            let x = 400 - Double(frame) * 10
            try watch.show(
                try street.frame([.init(car: .dbrn937, x: x * factor, y: 150 * factor, width: 110 * factor)])
            )
        }
        #expect(watch.end() == ["DBRN937"])
    }

    @Test func `frames out of order change nothing; a clock set back begins anew`() throws {
        var watch = try Watch()
        let street = DrawnStreet()
        let times = [0.0, 0.066, 0.2, 0.133, 0.266, .nan, 0.333, 0.4, 0.466, 0.6]
        for (index, seconds) in times.enumerated() {
            try watch.show(
                try street.frame([.init(car: .dbrn937, x: 400 - Double(index) * 10, y: 150)]),
                at: 100 + seconds
            )
        }
        let before = watch.told.count
        #expect(before <= 1)
        for frame in 0..<8 {
            try watch.show(
                try street.frame([.init(car: .ckft482, x: 400 - Double(frame) * 10, y: 150)]),
                at: 10 + Double(frame) / 15
            )
        }
        #expect(watch.end() == ["DBRN937", "CKFT482"])
    }
}
