enum SyncClientModule {}
