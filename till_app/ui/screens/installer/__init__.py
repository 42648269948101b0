"""The installer's screens: setting a till up and finding out what is wrong with it."""
