enum TicketPrintingModule {}
