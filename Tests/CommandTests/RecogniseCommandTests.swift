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

@Suite struct RecogniseCommandTests {
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
        #expect(joined.lines.count == 1 && reads.count == 1 && line["frames"] as? Int == 8)
        // It is told as soon as more frames add nothing.
        let frames = try #require(reads[0]["frames"] as? Int)
        #expect(reads[0]["plate"] as? String == "CURB472" && (2...8).contains(frames))
        #expect(try shell.patrol("recognise", "--json", "--frames", "v.avi").lines.count == 8)
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
