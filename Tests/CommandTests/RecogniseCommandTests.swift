// `patrol recognise` as people and programs meet it: the real program, real files, its output and exit code.
import Foundation
import Testing

/// The built program in a folder of its own.
private final class Shell {
    struct Answer {
        let output: String
        let complaints: String
        let code: Int32
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    private let scratch: Scratch
    var folder: URL { scratch.folder }

    init() throws { scratch = try Scratch() }

    func patrol(_ arguments: String...) throws -> Answer {
        try run(Command.folder.appending(path: "patrol").path, arguments)
    }

    func run(_ program: String, _ arguments: [String]) throws -> Answer {
        let result = try Command.execute(URL(filePath: program), arguments, in: folder)
        return Answer(output: result.output, complaints: result.errors, code: result.exitCode)
    }

    func write(_ text: String, as name: String) throws { try scratch.write(name, text) }

    /// A car's grey with one drawn plate at 250, 170 of 180 x 92 pixels; a video when `seconds` is given.
    func drawPlate(_ text: String, as name: String, seconds: Int? = nil) throws {
        let font = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf"
        let drawing =
            "drawbox=x=250:y=170:w=180:h=92:color=0x303030:t=fill,drawbox=x=254:y=174:w=172:h=84:color=0xE8E8E8:t=fill,"
            + "drawtext=fontfile=\(font):text='\(text)':fontsize=30:fontcolor=0x202060:x=340-tw/2:y=216-th/2,boxblur=1"
        let length = seconds.map { ["-t", String($0)] } ?? ["-frames:v", "1"]
        let answer = try run(
            "/usr/bin/env",
            [
                "ffmpeg", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "color=c=0x585858:size=640x400:rate=8",
                "-vf", drawing,
            ]
                + length + ["-q:v", "3", name]
        )
        try #require(answer.code == 0, "\(answer.complaints)")
    }
}

private func object(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
}

@Suite(.serialized) struct RecogniseCommandTests {
    private let shell: Shell

    init() throws { shell = try Shell() }

    @Test func `the benchmark ends with one line of JSON in which every mode costs and the baseline is 1`() throws {
        try shell.drawPlate("CURB 472", as: "a.avi", seconds: 1)
        let answer = try shell.patrol("bench", "a.avi", "--scenes", "1", "--frames", "2")
        try #require(answer.code == 0, "\(answer.complaints)")
        let last = try #require(answer.lines.last)
        let runs = try #require(try object(last)["runs"] as? [[String: Any]])
        #expect(Set(runs.compactMap { $0["size"] as? String }) == ["1280x720", "1920x1080"])
        #expect(runs.allSatisfy { ($0["milliseconds"] as? Double ?? 0) > 0 })
        #expect(runs.first?["ratio"] as? Double == 1)
    }

    @Test func `a picture gives one line of JSON with all that the contract names`() throws {
        try shell.drawPlate("CURB 472", as: "a.jpg")
        let answer = try shell.patrol("recognise", "--json", "a.jpg")
        #expect(answer.code == 0 && answer.complaints.isEmpty && answer.lines.count == 1)
        let line = try object(answer.lines[0])
        #expect(line["image"] as? String == "a.jpg" && (line["milliseconds"] as? Double ?? 0) > 0)
        let read = try #require((line["reads"] as? [[String: Any]])?.first)
        #expect(read["plate"] as? String == "CURB472")
        #expect((0...1).contains(read["confidence"] as? Double ?? -1))
        #expect((read["characters"] as? [[String: Any]])?.count == 7)
        #expect((read["box"] as? [Double])?.count == 4)
        #expect((read["corners"] as? [[Double]])?.map(\.count) == [2, 2, 2, 2])
        #expect(read["alternates"] is [[String: Any]])
    }

    @Test func `bad paths are named on standard error, the good ones are still read, and the exit code is 1`() throws {
        try shell.drawPlate("CURB 472", as: "good.jpg")
        try shell.write("Dear Sir", as: "letter.jpg")
        try shell.write("", as: "zero.png")
        let answer = try shell.patrol("recognise", "absent.jpg", "letter.jpg", "good.jpg", "zero.png")
        #expect(answer.code == 1)
        #expect(answer.output.contains("CURB472"))
        for name in ["absent.jpg", "letter.jpg", "zero.png"] { #expect(answer.complaints.contains(name)) }
        #expect(answer.complaints.split(separator: "\n").count == 3)
    }

    @Test func `a video is one car, one read; with --frames each frame is a line`() throws {
        try shell.drawPlate("CURB 472", as: "v.avi", seconds: 1)
        let joined = try shell.patrol("recognise", "--json", "v.avi")
        let first = try #require(joined.lines.first)
        let line = try object(first)
        let reads = try #require(line["reads"] as? [[String: Any]])
        try #require(joined.lines.count == 1 && reads.count == 1 && line["frames"] as? Int == 8)
        // It is told as soon as more frames add nothing.
        let frames = try #require(reads[0]["frames"] as? Int)
        #expect(reads[0]["plate"] as? String == "CURB472" && (2...8).contains(frames))
        #expect(try shell.patrol("recognise", "--json", "--frames", "v.avi").lines.count == 8)
    }

    @Test func `a still that was taken with the camera on its side is read upright`() throws {
        try shell.drawPlate("CURB 472", as: "a.jpg")
        // Turned a quarter to the left, as a camera stores what it saw on its side, with the word that says so.
        let turn = ["-loglevel", "error", "-y", "-i", "a.jpg", "-vf", "transpose=2", "-q:v", "2", "side.jpg"]
        try #require(try shell.run("/usr/bin/env", ["ffmpeg"] + turn).code == 0)
        let file = shell.folder.appendingPathComponent("side.jpg")
        let stored = try Data(contentsOf: file)
        let entry: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
        let exif = Array("Exif\0\0MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1] + entry + [0, 0, 0, 0]
        let marked = [0xFF, 0xD8, 0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif
        try (Data(marked) + stored.dropFirst(2)).write(to: file)
        let answer = try shell.patrol("recognise", "--json", "side.jpg")
        let line = try object(try #require(answer.lines.first))
        let read = try #require((line["reads"] as? [[String: Any]])?.first)
        #expect(read["plate"] as? String == "CURB472")
        let box = try #require(read["box"] as? [Double])
        #expect(abs(box[0] - 250) < 20 && abs(box[1] - 170) < 20)
    }

    @Test func `a passing car's colour is proposed where it is plain, and then right`() throws {
        // The first cars of the demonstration: blue, white, red.
        let recording = projectRoot.appending(path: "Fixtures/demo/recording/right.mp4").path
        let cut = ["-loglevel", "error", "-y", "-i", recording, "-t", "4", "-c", "copy", "cars.mp4"]
        try #require(try shell.run("/usr/bin/env", ["ffmpeg"] + cut).code == 0)
        let answer = try shell.patrol("recognise", "--json", "--annotate", "seen", "cars.mp4")
        let line = try object(try #require(answer.lines.first))
        let painted = ["CKFT482": "blue", "DBRN937": "white", "CRXE164": "red"]
        var proposed: Set<String> = []
        for read in try #require(line["reads"] as? [[String: Any]]) {
            guard let plate = read["plate"] as? String, let colour = read["colour"] as? [String: Any] else { continue }
            #expect(colour["colour"] as? String == painted[plate])
            let confidence = try #require(colour["confidence"] as? Double)
            #expect((0.5...1).contains(confidence))
            proposed.insert(plate)
        }
        #expect(proposed.isSuperset(of: ["CKFT482", "CRXE164"]))
        #expect(try shell.patrol("recognise", "cars.mp4").output.contains(/CKFT482 .* blue 0\.\d\d/))
    }

    @Test(arguments: ["odd.avi", "odd.mkv", "odd.jpg"])
    func `pictures whose rows are no round number of bytes are read`(name: String) throws {
        try shell.drawPlate("CURB 472", as: "whole.avi", seconds: 1)
        let cut = ["-loglevel", "error", "-y", "-i", "whole.avi", "-vf", "crop=621:389:3:5:exact=1"]
        let kinds = ["avi": ["-q:v", "2"], "mkv": ["-c:v", "ffv1", "-pix_fmt", "yuv444p"]]
        let kind = kinds[String(name.suffix(3))] ?? ["-q:v", "2", "-frames:v", "1"]
        try #require(try shell.run("/usr/bin/env", ["ffmpeg"] + cut + kind + [name]).code == 0)
        let answer = try shell.patrol("recognise", "--json", name)
        let line = try object(try #require(answer.lines.first))
        #expect((line["reads"] as? [[String: Any]])?.compactMap { $0["plate"] as? String } == ["CURB472"])
    }

    @Test func `a video that was cut or garbled is read as far as it goes`() throws {
        try shell.drawPlate("CURB 472", as: "whole.avi", seconds: 2)
        let file = shell.folder.appendingPathComponent("whole.avi")
        let whole = try Data(contentsOf: file)
        try whole.prefix(whole.count * 6 / 10).write(to: shell.folder.appendingPathComponent("cut.avi"))
        var garbled = whole
        for place in stride(from: whole.count / 3, to: whole.count / 2, by: 97) { garbled[place] ^= 0x5A }
        try garbled.write(to: shell.folder.appendingPathComponent("garbled.avi"))
        for name in ["cut.avi", "garbled.avi"] {
            let answer = try shell.patrol("recognise", "--json", name)
            let line = try object(try #require(answer.lines.first))
            #expect(answer.code == 0 && !answer.complaints.contains("Fatal"))
            let plates = (line["reads"] as? [[String: Any]])?.compactMap { $0["plate"] as? String }
            #expect(plates == ["CURB472"], "\(name)")
        }
    }

    @Test(arguments: [5, 50, 95])
    func `a still that was cut is refused by name, or read where hardly anything is missing`(percent: Int) throws {
        try shell.drawPlate("CURB 472", as: "whole.jpg")
        let whole = try Data(contentsOf: shell.folder.appendingPathComponent("whole.jpg"))
        try whole.prefix(whole.count * percent / 100).write(to: shell.folder.appendingPathComponent("cut.jpg"))
        let answer = try shell.patrol("recognise", "cut.jpg")
        #expect(!answer.complaints.contains("Fatal"))
        #expect(answer.code == 0 ? answer.output.contains("CURB472") : answer.complaints.contains("cut.jpg"))
    }

    @Test func `annotated copies are written`() throws {
        try shell.drawPlate("CURB 472", as: "a.jpg")
        #expect(try shell.patrol("recognise", "--annotate", "seen", "a.jpg").code == 0)
        let before = try Data(contentsOf: shell.folder.appendingPathComponent("a.jpg"))
        let after = try Data(contentsOf: shell.folder.appendingPathComponent("seen/a.jpg"))
        #expect(after.starts(with: [0xFF, 0xD8]) && after != before)
    }

    @Test func `labels are scored per set, and a missing picture counts as not found`() throws {
        try shell.drawPlate("CURB 472", as: "a.jpg")
        try shell.write(
            """
            image,image_width,image_height,x,y,width,height,plate,set
            a.jpg,640,400,250,170,180,92,CURB472,one
            absent.jpg,640,400,,,,,XYZ,two

            """,
            as: "labels.csv"
        )
        let answer = try shell.patrol("recognise", "--score", "labels.csv", "--json")
        #expect(answer.code == 1 && answer.complaints.contains("absent.jpg"))
        let last = try #require(answer.lines.last)
        let scores = try #require(try object(last)["scores"] as? [[String: Any]])
        #expect(scores.map { $0["set"] as? String } == ["one", "two", "all"])
        #expect(scores.map { $0["exact"] as? Int } == [1, 0, 1])
        #expect(scores.map { $0["found"] as? Int } == [1, 0, 1])
        let table = try shell.patrol("recognise", "--score", "labels.csv", "--set", "one")
        #expect(table.code == 0 && table.output.contains("100.0 %"))
    }

    @Test func `misses are shown with truth and answer, and reliability is drawn`() throws {
        try shell.drawPlate("CURB 472", as: "a.jpg")
        try shell.write(
            """
            image,image_width,image_height,x,y,width,height,plate,set
            a.jpg,640,400,250,170,180,92,CURB473,one

            """,
            as: "labels.csv"
        )
        let answer = try shell.patrol(
            "recognise",
            "--score",
            "labels.csv",
            "--misses",
            "missed",
            "--reliability",
            "r.svg"
        )
        #expect(answer.code == 0)
        func contents(_ name: String) throws -> Data {
            try Data(contentsOf: shell.folder.appendingPathComponent(name))
        }
        let list = String(decoding: try contents("missed/misses.csv"), as: UTF8.self)
        #expect(list.contains("a.jpg,one,CURB473,CURB472,"))
        #expect(try contents("missed/misses-01.jpg").starts(with: [0xFF, 0xD8]))
        let diagram = String(decoding: try contents("r.svg"), as: UTF8.self)
        #expect(diagram.hasPrefix("<svg") && diagram.contains("<circle") && diagram.contains("Reads of one"))
    }

    @Test func `formats can be left out of account`() throws {
        try shell.drawPlate("CURB 472", as: "a.jpg")
        let answer = try shell.patrol("recognise", "--json", "--no-format-prior", "a.jpg")
        #expect(answer.code == 0 && answer.output.contains("\"plate\":\"CURB472\""))
    }

    @Test(arguments: [
        ["recognise", "a.jpg", "--misses", "m"],
        ["recognise"], ["recognise", "a.jpg", "--score", "l.csv"], ["recognise", "a.jpg", "--threads", "0"],
        ["recognise", "a.jpg", "--min-confidence", "97"], ["recognise", "a.jpg", "--frobnicate"],
    ])
    func `a wrong call is told what is wrong`(arguments: [String]) throws {
        let answer = try shell.run(Command.folder.appending(path: "patrol").path, arguments)
        #expect(answer.code == 64 && answer.complaints.contains("Usage"))
    }

    @Test func `labels that are none are refused`() throws {
        try shell.write("name,size\n", as: "other.csv")
        let answer = try shell.patrol("recognise", "--score", "other.csv")
        #expect(answer.code == 1 && answer.complaints.contains("other.csv: line 1"))
        #expect(try shell.patrol("recognise", "--models", ".", "a.jpg").complaints.contains("detector.json"))
    }

    @Test func `memory stays flat over thousands of frames in which cars come and go`() throws {
        let video = projectRoot.appending(path: "Fixtures/demo/recording/right.mp4").path
        let answer = try shell.patrol("endurance", video, "--frames", "1200", "--loop", "100")
        #expect(answer.code == 0, "\(answer.complaints)")
        let report = try object(try #require(answer.lines.last))
        let first = try #require(report["megabytesAfterTenth"] as? Double)
        let last = try #require(report["megabytesAtEnd"] as? Double)
        let told = try #require(report["passesTold"] as? Int)
        #expect(report["frames"] as? Int == 1200 && told > 1)
        // The rest: networks compiled for the sizes that come again and again.
        #expect(first > 20 && last - first < 60)
    }
}
