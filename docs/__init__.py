"""The documents, and the programs that write the generated ones and take the pictures."""
