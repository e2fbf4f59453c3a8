"""What Python users hold in hand: recorders and replays."""
