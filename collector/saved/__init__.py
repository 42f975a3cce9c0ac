"""What people save by hand: files of many forms as pages and conversations. Bytes in, values out; nothing is altered."""
