"""hp finite elements on body-fitted columns: mesh, spaces and the operators that every 2-D physics shares."""
