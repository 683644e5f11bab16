enum PatrolStoreModule {}
