// Package translation says in other languages what Hearth says in English: the
// errors of verbs, the settings that networks declare, the reasons that stand
// in the stores, the titles of messages.
//
// The English sentence is the key. Whoever writes an error writes
//
//	hearth.Errorf(hearth.Invalid, "There is no job %d.", id)
//
// and nothing else; the catalogs hold that format with its translations, and
// Say knows a finished sentence again by its format and takes out what was
// filled in. So what programs read stays English and whole, sentences that were
// stored or sent long ago are translated as well as new ones, and nobody
// carries keys about. The price is paid where somebody reads: a few µs a
// sentence. A test reads all sentences out of the source of Hearth and
// names those without translation, and translations without sentence.
//
// A sentence that nobody translated is returned as it is. What was filled in is
// never read as anything but text: it is handed on unchanged, wherever a
// hostile name in it makes a sentence seem to end.
//
// # Catalogs
//
// catalog/ROOM.LANG.json maps formats to translations, with these places:
//
//	{1}              what the first verb of the format was filled with
//	{1=}             the same, itself something that Hearth says
//	{1?Zeile|Zeilen} the word for one, and for any other number
//
// Values of %q stand in the translation without their quotation marks, but as
// Go wrote them in between: what hides stays written out.
package translation
