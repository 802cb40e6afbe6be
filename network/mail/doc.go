// Package mail reads a mailbox by IMAP: what people write to an address of the
// house becomes messages that monitors match.
//
// It guarantees:
//   - the connection is encrypted before anything is said on it: by TLS from its
//     beginning or by STARTTLS, which is never given up for plain text; plain
//     text is spoken with this machine only;
//   - nothing in the mailbox is changed: it is opened read-only, and messages
//     are read by BODY.PEEK, unless a setting asks to mark them as read;
//   - reading goes on behind the last message that was taken, by UIDVALIDITY and
//     UID; where a server counts anew, that is a gap, everything since the
//     beginning is read again, and the archive folds it by Message-ID;
//   - sizes, parts, depth and headers of messages are bounded; one that cannot
//     be read is a Reject.
//
// It does not send, answer, move or delete. A sender's address is what the
// message claims; nothing here proves it.
//
// Sources: RFC 9051 and 3501 (IMAP), 2177 (IDLE), 5322 and 2045–2049 (messages),
// 2047 and 2231 (words), 3676 (format=flowed), 3834 (automatic answers).
package mail
