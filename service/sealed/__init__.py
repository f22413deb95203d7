"""What is sealed (封存): its keys turned over, values opened for a reason, and everything let go when its time is over."""
