// Where tickets are printed, as options of the commands that print.
internal import ArgumentParser
internal import TicketPrinting

extension PaperWidth: ExpressibleByArgument {}

struct PaperOptions: ParsableArguments {
    @Option(help: "CUPS' name of the ticket printer; without it tickets become PDF files.")
    var printer: String?

    @Option(help: "Width of the printer's roll: 4in, 80mm or 58mm.")
    var width = PaperWidth.fourInch

    @Option(
        help: ArgumentHelp("cupsd's Unix socket or HOST[:PORT], where it is not CUPS' own default.", valueName: "place")
    )
    var cups: String?

    func validate() throws {
        guard printer == nil || PrinterName.isValid(printer ?? "") else {
            throw ValidationError("--printer takes a name of CUPS: 1 to 127 letters, digits, '-', '_' or '.'")
        }
    }

    func output(orFolder folder: String) throws -> PrintQueue.Output {
        guard let printer else { return .folder(try PDFFolder(folder)) }
        return .printer(name: printer, width: width, server: cups)
    }
}
