// The printer in health's words.
internal import PatrolAPI
package import TicketPrinting

extension DeviceReport {
    package init(_ health: PrinterHealth) {
        let status = DeviceStatus(health)
        self.init(
            "printer",
            .printer,
            status.state,
            word: health.state.rawValue,
            detail: status.detail,
            figures: [
                "waiting": Double(health.waiting), "unclear": Double(health.unclear),
                "printed": Double(health.printed), "holds": Double(health.holds),
            ],
            since: health.since
        )
    }
}
