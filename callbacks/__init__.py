"""What happens when a person acts in the browser. One module per area of the screen, named like its layout in ui/."""
