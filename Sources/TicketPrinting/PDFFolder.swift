// A 'printer' that leaves each ticket as a PDF file in a folder: for replays, and where no printer is fitted.
package import DurableFiles
package import ParkingCore

/// A page that is out.
package struct PrintedPage: Hashable, Sendable {
    package let path: String
    /// 0: the original; else which copy it is marked as.
    package let copy: Int
}

/// Blocking: each `print` waits for the disk.
package struct PDFFolder: Sendable {
    package let path: String
    private var staging: String { "\(path)/.incoming" }

    /// No ticket is copied more often.
    static let mostCopies = 999

    /// Makes the folder where it is missing and removes what a crash left half-written.
    package init(_ path: String) throws(DurableFileError) {
        self.path = path
        try DurableFile.makeFolder(staging)
        DurableFile.removeUnfinished(in: staging)
    }

    /// Prints to `NUMBER.pdf`, a copy to `NUMBER-copy-1.pdf` and so on, marked COPY / COPIE.
    ///
    /// A file that is there is never replaced: where a power cut came after it was written, it is what was asked for.
    /// One with other content makes the print the next copy, so that an unmarked second original cannot come about.
    /// - Parameter copy: 0: the original.
    /// - Throws: `TicketPrintError`, or `DurableFileError` (a full disk leaves no part of a page).
    package func print(
        _ ticket: Ticket,
        city: City,
        copy: Int = 0,
        machineFilled: Set<TicketField> = [.plate, .time, .place, .zone],
        first: TicketLanguage = .english
    ) throws -> PrintedPage {
        for copy in copy...max(copy, PDFFolder.mostCopies) {
            let file = copy == 0 ? "\(path)/\(ticket.number).pdf" : "\(path)/\(ticket.number)-copy-\(copy).pdf"
            let page = TicketPage(ticket: ticket, city: city, copy: copy, machineFilled: machineFilled, first: first)
            let bytes = try page.pdf()
            if DurableFile.exists(file) {
                if try DurableFile.read(file) == bytes { return PrintedPage(path: file, copy: copy) }
                continue
            }
            if try written(bytes, to: file) { return PrintedPage(path: file, copy: copy) }
        }
        throw TicketPrintError(
            .drawingFailed,
            "ticket \(ticket.number) has \(PDFFolder.mostCopies) copies in \(path); no more are made"
        )
    }

    /// - Returns: false when another print took the name meanwhile.
    private func written(_ bytes: [UInt8], to file: String) throws(DurableFileError) -> Bool {
        do {
            try DurableFile.write(bytes, to: file, staging: staging, replace: false)
        } catch {
            if error.code == .alreadyThere { return false }
            throw error
        }
        return true
    }
}
