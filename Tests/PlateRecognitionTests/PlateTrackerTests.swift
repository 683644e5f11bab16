// One car, one read: synthetic passes with known answers.
import ParkingCore
import Testing

@testable import PlateRecognition

/// An observation of a plate half as high as wide; `sure` is each character's probability.
func seen(
    _ text: String,
    x: Double,
    y: Double = 100,
    width: Double = 60,
    sure: Double = 0.95,
    confidence: Double = 0.8,
    sharpness: Double = 0.5,
    isCut: Bool = false
) throws -> PlateObservation {
    let height = width / 2
    let box = PixelBox(x: x, y: y, width: width, height: height)
    let corners = [
        PixelPoint(x: x, y: y), PixelPoint(x: x + width, y: y), PixelPoint(x: x + width, y: y + height),
        PixelPoint(x: x, y: y + height),
    ]
    let reading = PlateReading(
        plate: try Plate(text),
        confidence: confidence,
        characters: text.map { CharacterReading(character: String($0), probability: sure) },
        alternates: [],
        box: box,
        corners: corners
    )
    return PlateObservation(
        reading: reading,
        slots: text.utf8.map { CharacterSlot(character: $0, probability: sure) },
        sharpness: sharpness,
        isCut: isCut
    )
}

@Suite struct PlateTrackerTests {
    @Test func `the frames of one pass become one read, with its best frame`() throws {
        var tracker = PlateTracker()
        var told: [TrackedPlate] = []
        for frame in 0..<10 {
            told += tracker.update(
                [try seen("ABCD123", x: 500 - Double(frame) * 40, sharpness: frame == 6 ? 0.9 : 0.5)],
                at: Double(frame) / 10,
                frame: frame
            )
            #expect(tracker.heldFrames.count == 1)
        }
        for frame in 10..<20 { told += tracker.update([], at: Double(frame) / 10, frame: frame) }
        let pass = try #require(told.first)
        #expect(told.count == 1 && pass.reading.plate.text == "ABCD123")
        #expect(pass.bestFrame == 6 && pass.bestSeconds == 0.6 && pass.reading.box.x == 260)
        #expect(pass.firstSeconds == 0)
        #expect(tracker.update([], at: 2.0, frame: 20).isEmpty)
        #expect(tracker.finish().isEmpty && tracker.heldFrames.isEmpty)
    }

    @Test func `a misread in some frames is outvoted, and shows as an alternate`() throws {
        var tracker = PlateTracker()
        for frame in 0..<9 {
            let wrong = frame % 3 == 1
            let text = wrong ? "A8CD123" : "ABCD123"
            _ = tracker.update(
                [try seen(text, x: 300 - Double(frame) * 10, sure: wrong ? 0.6 : 0.7)],
                at: Double(frame) / 10,
                frame: frame
            )
        }
        let passes = tracker.finish()
        let reading = try #require(passes.first).reading
        #expect(passes.count == 1 && reading.plate.text == "ABCD123")
        #expect(reading.alternates.first?.plate == "A8CD123")
        #expect(reading.confidence + reading.alternates.map(\.probability).reduce(0, +) <= 1 + 1e-9)
        #expect(reading.characters.map(\.character).joined() == "ABCD123")
    }

    @Test func `a character that some frames dropped comes back`() throws {
        var tracker = PlateTracker()
        for (frame, text) in ["ABCD123", "BCD123", "ABCD123", "ABCD13", "ABCD123"].enumerated() {
            _ = tracker.update([try seen(text, x: 300)], at: Double(frame) / 10, frame: frame)
        }
        #expect(tracker.finish().map(\.reading.plate.text) == ["ABCD123"])
    }

    @Test func `frames in which the plate is cut by the picture's edge do not spoil the text`() throws {
        var tracker = PlateTracker()
        var passes: [TrackedPlate] = []
        for frame in 0..<4 {
            passes += tracker.update(
                [try seen("CEI4787", x: 90 - Double(frame) * 20)],
                at: Double(frame) / 10,
                frame: frame
            )
        }
        for frame in 4..<40 {
            passes += tracker.update(
                [try seen("I4787", x: 10, confidence: 0.99, sharpness: 2, isCut: true)],
                at: Double(frame) / 10,
                frame: frame
            )
        }
        passes += tracker.finish()
        #expect(passes.map(\.reading.plate.text) == ["CEI4787"])
        #expect(try #require(passes.first).bestFrame < 4)
    }

    @Test func `two cars side by side stay two`() throws {
        var tracker = PlateTracker()
        for frame in 0..<6 {
            let shift = Double(frame) * 15
            _ = tracker.update(
                [try seen("ABCD123", x: 400 - shift), try seen("WXYZ789", x: 480 - shift)],
                at: Double(frame) / 10,
                frame: frame
            )
        }
        #expect(Set(tracker.finish().map(\.reading.plate.text)) == ["ABCD123", "WXYZ789"])
    }

    @Test func `a car that enters where another left is another`() throws {
        var tracker = PlateTracker()
        var told: [String] = []
        for frame in 0..<30 {
            let text = frame < 10 ? "ABCD123" : "WXYZ789"
            let here = frame < 10 || frame > 12
            let over = tracker.update(here ? [try seen(text, x: 300)] : [], at: Double(frame) / 10, frame: frame)
            told += over.map(\.reading.plate.text)
        }
        told += tracker.finish().map(\.reading.plate.text)
        #expect(told == ["ABCD123", "WXYZ789"])
    }

    @Test func `the same text again within seconds is the same car, a minute later it is told again`() throws {
        var tracker = PlateTracker()
        var told: [Double] = []
        for start in [0.0, 3.0, 60.0] {
            for frame in 0..<3 {
                let time = start + Double(frame) / 10
                let plate = try seen("ABCD123", x: 300, sure: 0.99, confidence: 0.98)
                let passes = tracker.update([plate], at: time, frame: Int(time * 10))
                told += passes.filter { !$0.isCorrection }.map(\.firstSeconds)
            }
        }
        told += tracker.finish().map(\.firstSeconds)
        #expect(told == [0, 60])
    }

    @Test(arguments: [(0.8, 0), (0.99, 1)])
    func `one frame alone is told only when it is very sure`(confidence: Double, expected: Int) throws {
        var tracker = PlateTracker()
        _ = tracker.update([try seen("ABCD123", x: 300, confidence: confidence)], at: 0, frame: 0)
        #expect(tracker.finish().count == expected)
    }

    @Test func `many frames with the same error never become certainty`() throws {
        var tracker = PlateTracker()
        var told: [TrackedPlate] = []
        for frame in 0..<300 {
            told += tracker.update(
                [try seen("ABCD123", x: 300, sure: 0.6, confidence: 0.5)],
                at: Double(frame) / 30,
                frame: frame
            )
        }
        told += tracker.finish()
        #expect(told.count == 1)
        #expect(try #require(told.first).reading.confidence < 0.7)
    }

    @Test func `a moving plate is expected further on`() throws {
        var tracker = PlateTracker()
        for frame in 0..<4 {
            _ = tracker.update([try seen("ABCD123", x: 400 - Double(frame) * 30)], at: Double(frame) / 10, frame: frame)
        }
        let outline = try #require(tracker.expectedOutlines(at: 0.4).first)
        #expect(abs(outline[0].x - 280) < 1 && abs(outline[0].y - 100) < 1)
    }

    @Test(arguments: [(0.5, ["ABCD123"]), (0.97, ["ABCD123", "ABCDN123"])])
    func `an unsure text one character off a car just told is that car, a sure one is another`(
        confidence: Double,
        expected: [String]
    ) throws {
        var tracker = PlateTracker()
        var told: [String] = []
        for frame in 0..<40 {
            let seen =
                try frame < 10 ? seen("ABCD123", x: 300) : seen("ABCDN123", x: 300, sure: 0.999, confidence: confidence)
            let isThere = frame < 10 || frame > 25
            told += tracker.update(isThere ? [seen] : [], at: Double(frame) / 10, frame: frame).map(
                \.reading.plate.text
            )
        }
        told += tracker.finish().map(\.reading.plate.text)
        #expect(told == expected)
    }
}
