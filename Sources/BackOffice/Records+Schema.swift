// The schema of the records, as migrations that are only ever added to.
internal import GRDB

extension Records {
    /// "CPBO": tells this file from any other SQLite database.
    static let applicationID = 0x4350_424F

    static func migrations() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 lists, facts, photos, numbers") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: lists)
            try database.execute(sql: facts)
            try database.execute(sql: photosAndNumbers)
        }
        migrator.registerMigration("2 retention") { database in
            try database.execute(sql: retention)
        }
        migrator.registerMigration("3 voids, corrections") { database in
            try database.execute(
                sql: """
                    CREATE TABLE ticket_void (
                        ticket TEXT PRIMARY KEY CHECK (length(ticket) = 36),
                        vehicle TEXT NOT NULL,
                        sequence INTEGER NOT NULL,
                        FOREIGN KEY (vehicle, sequence) REFERENCES fact
                    ) STRICT;
                    CREATE TABLE ticket_correction (
                        vehicle TEXT NOT NULL,
                        sequence INTEGER NOT NULL,
                        ticket TEXT NOT NULL CHECK (length(ticket) = 36),
                        PRIMARY KEY (vehicle, sequence),
                        FOREIGN KEY (vehicle, sequence) REFERENCES fact
                    ) STRICT;
                    CREATE INDEX ticket_correction_by_ticket ON ticket_correction (ticket, sequence);
                    """
            )
        }
        migrator.registerMigration("4 facts set aside") { database in
            try database.execute(sql: setAside)
        }
        migrator.registerMigration("5 history of the lists") { database in
            // One row an import that changed something: a number of a change means the same to server and vehicle only
            // where both know it by the same name.
            try database.execute(
                sql: """
                    CREATE TABLE list_history (
                        up_to INTEGER PRIMARY KEY CHECK (up_to > 0),
                        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64)
                    ) STRICT;
                    CREATE TABLE feed_import (
                        feed TEXT PRIMARY KEY CHECK (feed IN ('permits', 'sessions', 'exemptions', 'scofflaws', 'watchlist')),
                        at TEXT NOT NULL
                    ) STRICT;
                    INSERT INTO feed_import
                        SELECT DISTINCT feed, strftime('%Y-%m-%dT%H:%M:%fZ', 'now') FROM list_record;
                    """
            )
            let newest = try Int64.fetchOne(database, sql: "SELECT value FROM counter WHERE name = 'change'") ?? 0
            if newest > 0 { try Records.noteImport(upTo: newest, in: database) }
        }
        return migrator
    }

    /// `fact` is made anew: kinds of facts are added over the years, and the program alone names them. `kept_for` is the
    /// read with a hit that a clear one belongs to; photos belong to the read that first named them.
    private static let retention = """
        CREATE TABLE new_fact (
            vehicle TEXT NOT NULL CHECK (length(vehicle) BETWEEN 1 AND 64),
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
            kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),
            recorded_at TEXT NOT NULL,
            received_at TEXT NOT NULL,
            content TEXT NOT NULL CHECK (json_valid(content)),
            PRIMARY KEY (vehicle, sequence)
        ) STRICT;
        INSERT INTO new_fact SELECT * FROM fact;
        DROP TABLE fact;
        ALTER TABLE new_fact RENAME TO fact;
        ALTER TABLE plate_read ADD COLUMN kept_for TEXT;
        UPDATE plate_read SET kept_for = (
                SELECT hit.id FROM fact JOIN plate_read AS hit
                    ON hit.id = json_extract(fact.content, '$.body.value.judgement.reason.read')
                WHERE fact.vehicle = plate_read.vehicle AND fact.sequence = plate_read.sequence)
            WHERE answer = 'clear';
        CREATE INDEX plate_read_due ON plate_read (time, id) WHERE answer = 'clear' AND kept_for IS NULL;
        ALTER TABLE photo ADD COLUMN read TEXT;
        UPDATE photo SET read = (
            SELECT plate_read.id FROM plate_read JOIN fact USING (vehicle, sequence),
                json_each(fact.content, '$.body.value.photos') AS named
            WHERE json_extract(named.value, '$.sha256') = photo.sha256);
        CREATE INDEX photo_by_read ON photo (read);
        CREATE TABLE photo_erasure (sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64)) STRICT;
        CREATE TABLE purge (
            at TEXT NOT NULL,
            reads_before TEXT NOT NULL,
            reads INTEGER NOT NULL CHECK (reads >= 0),
            photos INTEGER NOT NULL CHECK (photos >= 0)
        ) STRICT;
        """

    /// Facts that stand in `fact` and in no table that pages look facts up by, with what is wrong with each. `about` is
    /// a read's own identifier or a ticket's number. `counts_from` is from when on a read without a hit has its time;
    /// others have none.
    private static let setAside = """
        CREATE TABLE fact_set_aside (
            arrival INTEGER PRIMARY KEY,
            vehicle TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
            about TEXT,
            counts_from TEXT,
            UNIQUE (vehicle, sequence),
            FOREIGN KEY (vehicle, sequence) REFERENCES fact
        ) STRICT;
        CREATE INDEX fact_set_aside_by_about ON fact_set_aside (about) WHERE about IS NOT NULL;
        CREATE INDEX fact_set_aside_due ON fact_set_aside (counts_from) WHERE counts_from IS NOT NULL;
        """

    /// Each record stands once, under the number of its last change; a removed one stays as its removal.
    private static let lists = """
        CREATE TABLE list_record (
            change INTEGER PRIMARY KEY CHECK (change > 0),
            feed TEXT NOT NULL CHECK (feed IN ('permits', 'sessions', 'exemptions', 'scofflaws', 'watchlist')),
            key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
            record TEXT CHECK (record IS NULL OR json_valid(record)),
            UNIQUE (feed, key)
        ) STRICT;
        CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value >= 0)) STRICT;
        INSERT INTO counter VALUES ('change', 0);
        """

    /// `fact` is what vehicles said, word for word; the other tables are what pages look facts up by.
    private static let facts = """
        CREATE TABLE fact (
            vehicle TEXT NOT NULL CHECK (length(vehicle) BETWEEN 1 AND 64),
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            id TEXT NOT NULL UNIQUE CHECK (length(id) = 36),
            kind TEXT NOT NULL CHECK (kind IN ('read', 'decision', 'ticket')),
            recorded_at TEXT NOT NULL,
            received_at TEXT NOT NULL,
            content TEXT NOT NULL CHECK (json_valid(content)),
            PRIMARY KEY (vehicle, sequence)
        ) STRICT;
        CREATE TABLE plate_read (
            id TEXT PRIMARY KEY CHECK (length(id) = 36),
            vehicle TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            time TEXT NOT NULL,
            answer TEXT NOT NULL CHECK (answer IN ('clear', 'alert', 'secondLook')),
            FOREIGN KEY (vehicle, sequence) REFERENCES fact
        ) STRICT;
        CREATE INDEX plate_read_by_time ON plate_read (time, id);
        CREATE INDEX plate_read_by_answer ON plate_read (answer, time, id);
        CREATE TABLE decision (
            vehicle TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            read TEXT NOT NULL,
            PRIMARY KEY (vehicle, sequence),
            FOREIGN KEY (vehicle, sequence) REFERENCES fact
        ) STRICT;
        CREATE INDEX decision_by_read ON decision (read);
        CREATE TABLE ticket (
            id TEXT PRIMARY KEY CHECK (length(id) = 36),
            number TEXT NOT NULL CHECK (length(number) = 8),
            read TEXT NOT NULL,
            vehicle TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            issued_at TEXT NOT NULL,
            FOREIGN KEY (vehicle, sequence) REFERENCES fact
        ) STRICT;
        CREATE INDEX ticket_by_number ON ticket (number);
        CREATE INDEX ticket_by_time ON ticket (issued_at, id);
        CREATE INDEX ticket_by_read ON ticket (read);
        """

    private static let photosAndNumbers = """
        CREATE TABLE photo (
            sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
            bytes INTEGER NOT NULL CHECK (bytes > 0),
            vehicle TEXT NOT NULL,
            stored_at TEXT
        ) STRICT;
        CREATE INDEX photo_missing ON photo (vehicle) WHERE stored_at IS NULL;
        CREATE TABLE number_block (
            request TEXT PRIMARY KEY CHECK (length(request) = 36),
            vehicle TEXT NOT NULL,
            first INTEGER NOT NULL UNIQUE CHECK (first > 0),
            last INTEGER NOT NULL UNIQUE CHECK (last >= first AND last <= 9999999),
            leased_at TEXT NOT NULL
        ) STRICT;
        """
}
