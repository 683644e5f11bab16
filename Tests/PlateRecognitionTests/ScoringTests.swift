// The measuring itself, on cases counted by hand.
import ParkingCore
import Testing

@testable import PlateRecognition

private func read(_ text: String, _ confidence: Double, x: Double = 0, y: Double = 0) throws -> PlateReading {
    PlateReading(
        plate: try Plate(text),
        confidence: confidence,
        characters: [],
        alternates: [],
        box: PixelBox(x: x, y: y, width: 100, height: 50),
        corners: []
    )
}

private func label(_ text: String?, x: Double? = nil, closeUp: Bool = false) throws -> Label {
    Label(
        image: "a.jpg",
        box: x.map { PixelBox(x: $0, y: 0, width: 100, height: 50) },
        isCloseUp: closeUp,
        plate: try text.map { try Plate($0) },
        set: "s"
    )
}

@Suite struct ScoringTests {
    @Test func `labels are read by column name`() throws {
        let text = """
            set,plate,image,image_width,image_height,x,y,width,height,region
            s,AB 123,one.jpg,640,480,10,20,100,50,CA-ON
            s,,two.jpg,640,480,,,,,
            s,XYZ,three.jpg,100,50,0,0,100,50,

            """
        let labels = try Label.parse(text)
        #expect(labels.map(\.image) == ["one.jpg", "two.jpg", "three.jpg"])
        #expect(labels.map { $0.plate?.text } == ["AB123", nil, "XYZ"])
        #expect(labels.map(\.isCloseUp) == [false, false, true])
        #expect(labels[0].box == PixelBox(x: 10, y: 20, width: 100, height: 50) && labels[1].box == nil)
    }

    @Test(arguments: [
        ("image,x,y\n", "line 1"), ("", "line 1"),
        ("image,image_width,image_height,x,y,width,height,plate,set\na,1,1,1,1,1\n", "line 2"),
        ("image,image_width,image_height,x,y,width,height,plate,set\na,9,9,left,1,1,1,AB,s\n", "line 2"),
        (
            "image,image_width,image_height,x,y,width,height,plate,set\na,9,9,1,1,1,1,AB,s\nb,9,9,1,1,1,1,A?B,s\n",
            "line 3"
        ),
    ])
    func `a bad row is named by its line`(text: String, line: String) throws {
        let error = try #require(throws: LabelsError.self) { _ = try Label.parse(text) }
        #expect(error.message.hasPrefix(line))
    }

    @Test func `reads go to the boxes they lie on, and what is left over is false`() throws {
        let labels = [try label("AAA", x: 0), try label("BBB", x: 300)]
        let reads = [try read("BBB", 0.5, x: 310), try read("AAX", 0.9, x: 5), try read("CCC", 0.99, x: 900)]
        let outcome = PictureOutcome(labels: labels, reads: reads, milliseconds: 1)
        #expect(outcome.rows.map { $0.read?.plate.text } == ["AAX", "BBB"])
        #expect(outcome.rows.map(\.isExact) == [false, true])
        #expect(outcome.rows.map(\.found) == [true, true])
        #expect(outcome.falseConfidences == [0.99])
    }

    @Test func `a label without a place, or a close-up, gets the surest read`() throws {
        for row in [try label("AAA"), try label("AAA", x: 0, closeUp: true)] {
            let reads = [try read("BBB", 0.5), try read("AAA", 0.9, x: 700)]
            let outcome = PictureOutcome(labels: [row], reads: reads, milliseconds: 1)
            #expect(outcome.rows[0].isExact && outcome.falseConfidences == [0.5])
            #expect(outcome.rows[0].found == (row.box == nil ? nil : false))
        }
    }

    @Test func `O and 0, I and 1 are told apart, and folded where asked`() throws {
        let outcome = PictureOutcome(labels: [try label("O1")], reads: [try read("0I", 0.5)], milliseconds: 1)
        #expect(!outcome.rows[0].isExact && outcome.rows[0].isExactFolded)
    }

    @Test func `figures of a set`() throws {
        let right = PictureOutcome(labels: [try label("AAA", x: 0)], reads: [try read("AAA", 0.95)], milliseconds: 10)
        let wrong = PictureOutcome(labels: [try label("AAA", x: 0)], reads: [try read("AAB", 0.85)], milliseconds: 20)
        let none = PictureOutcome(labels: [try label("AAA", x: 0)], reads: [], milliseconds: 90)
        let untold = PictureOutcome(
            labels: [try label(nil, x: 0)],
            reads: [try read("Q", 0.4, x: 900)],
            milliseconds: 30
        )
        let score = RecognitionScore(set: "s", pictures: [right, wrong, none, untold], countsFrom: 0.9)
        #expect(score.rows == 4 && score.transcribed == 3 && score.exact == 1 && score.boxed == 4 && score.found == 2)
        #expect(score.falseBoxesAPicture == 0.25 && score.countedFalseBoxesAPicture == 0 && score.countedExact == 1)
        let lower = RecognitionScore(set: "s", pictures: [right, untold], countsFrom: 0.4)
        #expect(lower.countedFalseBoxesAPicture == 0.5 && lower.countsFrom == 0.4)
        #expect(score.millisecondsMedian == 20 && score.milliseconds95 == 90)
        #expect(abs(score.expectedCalibrationError - (0.05 + 0.85) / 2) < 1e-9)
        #expect(abs(score.coverageAt99 - 1.0 / 3) < 1e-9)
        let folded = PictureOutcome(
            labels: [try label("O1", x: 0)],
            reads: [try read("0I", 0.95)],
            milliseconds: 1
        )
        let alike = RecognitionScore(set: "s", pictures: [folded], countsFrom: 0.4)
        #expect(abs(alike.expectedCalibrationError - 0.95) < 1e-9 && alike.coverageAt99 == 0)
        #expect(abs(alike.expectedCalibrationErrorFolded - 0.05) < 1e-9 && alike.coverageAt99Folded == 1)
        #expect(score.reliability[9].reads == 1 && score.reliability[9].exact == 1)
    }

    @Test func `coverage takes the lowest threshold that keeps the precision, and parts no equal confidences`() {
        var judged = (0..<200).map { (confidence: 1 - Double($0) / 1000, right: $0 != 150) }
        #expect(RecognitionScore.coverage(judged, of: 400, precision: 0.99) == 0.5)
        judged = [(0.9, true), (0.9, false)]
        #expect(RecognitionScore.coverage(judged, of: 2, precision: 0.99) == 0)
    }
}
