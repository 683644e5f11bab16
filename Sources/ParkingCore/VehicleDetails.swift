// What a ticket says of the vehicle beside its plate, and who says so: a machine's word is marked until the officer
// confirms it.

package struct VehicleDetails: Hashable, Sendable, Codable {
    /// One field as it stands on the ticket.
    package struct Field: Hashable, Sendable, Codable {
        package enum Source: String, Hashable, Sendable, Codable {
            /// Proposed by the camera: to be confirmed.
            case machine
            case officer
        }

        /// 1 to 60 characters.
        package let text: String
        package let source: Source

        package init(text: String, source: Source) {
            self.text = text
            self.source = source
        }

        package var isToConfirm: Bool { source == .machine }
    }

    /// Such as "CA-ON".
    package var region: Field?
    /// Year and month of the validation sticker, such as "2027-04".
    package var plateExpiry: Field?
    package var make: Field?
    package var model: Field?
    package var colour: Field?
    /// Who the vehicle is registered to, where the officer or the registry says so.
    package var owner: Field?

    package init(
        region: Field? = nil,
        plateExpiry: Field? = nil,
        make: Field? = nil,
        model: Field? = nil,
        colour: Field? = nil,
        owner: Field? = nil
    ) {
        self.region = region
        self.plateExpiry = plateExpiry
        self.make = make
        self.model = model
        self.colour = colour
        self.owner = owner
    }

    /// By name, in the order in which a ticket has them.
    package var fields: [(name: String, field: Field?)] {
        [
            ("region", region), ("plateExpiry", plateExpiry), ("make", make), ("model", model), ("colour", colour),
            ("owner", owner),
        ]
    }

    package var isEmpty: Bool { fields.allSatisfy { $0.field == nil } }

    /// Names of the fields that the officer has still to confirm.
    package var toConfirm: [String] { fields.filter { $0.field?.isToConfirm == true }.map(\.name) }

    /// What the officer gives stands for itself; the rest stays as it is.
    package func corrected(by officer: VehicleDetails) -> VehicleDetails {
        VehicleDetails(
            region: officer.region ?? region,
            plateExpiry: officer.plateExpiry ?? plateExpiry,
            make: officer.make ?? make,
            model: officer.model ?? model,
            colour: officer.colour ?? colour,
            owner: officer.owner ?? owner
        )
    }

    /// - Returns: the first fault, in words; nil: there is none.
    package var problem: String? {
        for (name, field) in fields {
            guard let text = field?.text else { continue }
            guard WrittenText.isFit(text, longest: 60) else {
                return "the vehicle's \(name) takes 1 to 60 printable characters"
            }
        }
        if let expiry = plateExpiry?.text, expiry.wholeMatch(of: #/[0-9]{4}-(0[1-9]|1[0-2])/#) == nil {
            return "the plate's expiry is a year and a month, such as 2027-04"
        }
        return nil
    }
}

extension Ticket {
    /// What the ticket says of the vehicle as it was issued: the officer's word, else what the camera proposed.
    package var details: VehicleDetails {
        let proposed = VehicleDetails(
            region: region.map { .init(text: $0, source: .officer) },
            colour: colour.map { .init(text: $0.name.en, source: .machine) }
        )
        return vehicleDetails.map { proposed.corrected(by: $0) } ?? proposed
    }
}
