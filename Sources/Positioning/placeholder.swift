enum PositioningModule {}
