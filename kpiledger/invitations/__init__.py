"""Calendar invitations for the rhythm of the conversation, from agreements, KPIs and review items."""
