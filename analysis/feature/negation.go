package feature

import (
	"strings"

	"hearth/text"
)

// negatorWords turn what follows into its opposite, by language. Of Chinese and
// Thai they are single characters.
var negatorWords = map[string]string{
	"en": "not no never none nobody nothing nor cannot without hardly barely t cant dont wont isnt wasnt arent aint doesnt didnt havent hasnt couldnt shouldnt wouldnt",
	"de": "nicht kein keine keinen keiner keinem keines nie niemals ohne nichts weder kaum nich ned nix",
	"fi": "ei en et emme ette eivät älä älkää eikä enkä etkä ettei ilman tuskin eipä",
	"fr": "pas jamais rien aucun aucune sans ni guère personne",
	"es": "no nunca jamás sin nada tampoco ningún ninguna ni",
	"it": "non mai senza nessun nessuno nessuna nulla niente né",
	"pt": "não nao n nunca nem sem nada nenhum nenhuma jamais",
	"nl": "niet geen nooit zonder niks niets",
	"sv": "inte aldrig ingen inget inga utan ej icke",
	"da": "ikke aldrig ingen intet uden",
	"nb": "ikke aldri ingen intet uten",
	"ru": "не нет ни без никогда ничего нельзя",
	"uk": "не ні без ніколи нічого немає",
	"pl": "nie bez nigdy nic żaden ani",
	"cs": "ne není nikdy bez nic",
	"ar": "لا ما لم لن ليس ليست غير بدون مش مو",
	"id": "tidak bukan gak nggak ga enggak jangan belum tanpa tak tdk",
	"ms": "tidak bukan tak jangan belum tanpa",
	"tr": "değil yok hiç asla",
	"vi": "không chẳng chưa đừng",
	"zh": "不 没 沒 无 無 未 别 別 非",
	"th": "ม่",
	"hi": "नहीं मत ना नही",
}

var negators = hashNegators()

func hashNegators() map[uint64]struct{} {
	hashes := make(map[uint64]struct{})
	for lang, words := range negatorWords {
		for _, word := range strings.Fields(words) {
			hashes[Mix(LangHash(lang), text.Hash(word))] = struct{}{}
		}
	}
	return hashes
}

// Negator says whether a word, given by the hashes of its language and of its
// folded spelling, turns what follows into its opposite.
func Negator(lang, folded uint64) bool {
	_, ok := negators[Mix(lang, folded)]
	return ok
}

// LangHash stands for the language of a BCP 47 tag, whatever its region; 0 for
// none.
func LangHash(tag string) uint64 {
	if i := strings.IndexByte(tag, '-'); i >= 0 {
		tag = tag[:i]
	}
	if tag == "" {
		return 0
	}
	return text.Hash(tag)
}
