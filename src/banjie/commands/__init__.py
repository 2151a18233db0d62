"""What stands behind each command of the operator's door; loaded one by one."""
