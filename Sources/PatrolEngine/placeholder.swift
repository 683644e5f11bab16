enum PatrolEngineModule {}
