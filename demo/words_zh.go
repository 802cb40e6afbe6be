package demo

// chinese is what people say in Chinese.
var chinese = tongue{
	slots: map[string][]string{
		"b":     {"Kaffora"},
		"drink": {"拿铁", "燕麦拿铁", "美式", "冷萃", "热可可", "馥芮白"},
		"food":  {"肉桂卷", "杏仁可颂", "柠檬蛋糕", "香蕉面包"},
		"city":  {"云港", "青石镇", "梅浦", "白鹭洲"},
		"when":  {"今天", "昨天", "早上", "刚才", "周六"},
		"mins":  {"十", "二十", "四十"},
		"days":  {"两", "三", "五"},
		"who":   {"我妹妹", "同事", "邻居", "朋友"},
	},
	open: map[subject][]string{
		praise: {"不是广告，", "真心推荐！", "必须夸一下，"}, complaint: {"真的无语，", "太失望了，", "气死我了，"},
		question: {"请问", "求助，"}, idea: {"提个建议，", "有个想法，"}, purchase: {"准备下单，", "发工资了，"}, smell: {"大家注意！", "有人也这样吗？", "太吓人了，"},
	},
	tail: map[subject][]string{
		praise: {"下次还来。", "五星好评！", "开心一整天。"}, complaint: {"再也不来了。", "请给个说法。", "要求退款。"},
		question: {"谢谢！", "在线等。"}, idea: {"有人同意吗？", "希望能看到。"}, purchase: {"求推荐。", "值得买吗？"}, smell: {"赶紧拔插头！", "还安全吗？", "官方快回应。"},
	},
	core: map[subject][]string{
		chatter:   {"今天天气真好，出去走走。", "昨晚的电影很好看。", "周末去爬山，有人一起吗？", "早起跑步，感觉不错。", "{city}又下雨了。", "{who}教我织毛衣，别的事都不想做了。", "一杯{drink}，一本书，一个下午。", "地铁又晚点了。"},
		praise:    {"{b}的新菜单太棒了，我很喜欢。", "{b}的店员非常热情，推荐！", "{when}在{b}喝到了最好喝的{drink}。", "{city}的{b}环境很舒服，{food}也好吃。", "{b}客服回复很快，问题马上解决了，满意。", "Kaffora Go点单很方便，喜欢。", "{who}也爱上了{b}的{drink}。"},
		complaint: {"{b}等了{mins}分钟，服务太差了。", "{b}的订单没有送到，客服也不回复，非常失望。", "{b}重复扣款，到现在还没有退款。", "Kaffora Go更新之后一直闪退，太糟糕了。", "{when}在{b}买的{food}不新鲜，差评。", "{city}的{b}态度恶劣，生气。"},
		question:  {"{b}周日几点开门？", "{b}有燕麦奶吗？", "{b}怎么修改地址？", "Kaffora Go在国外能用吗？", "去年的礼品卡在{b}还能用吗？", "{city}哪家{b}有插座？"},
		idea:      {"建议{b}推出小杯装。", "希望{b}能早一点开门。", "建议{b}自带杯子可以打折。", "希望Kaffora Go没有网络也能用。"},
		purchase:  {"想买一台Kaffora Home的Ember One，哪里可以下单？", "打算给{who}买Ember Mini，Kaffora Home有优惠吗？", "想订Kaffora Beans，深烘值得买吗？"},
		rival:     {"{when}去了{x}，还可以。", "{x}便宜，但是味道一般。", "{city}也开{x}了。"},
		compare:   {"{x}涨价了，还是Kaffora划算。", "Kaffora和{x}，我选Kaffora的{drink}。"},
		launch:    {"Ember One到手了！Kaffora Home终于出小机器了，喜欢。", "有人用过Kaffora Home的Ember One吗？"},
		delay:     {"Kaffora Beans晚了{days}天，物流查不到，失望。", "还没收到Kaffora Beans，客服让我等。"},
		viral:     {"Kaffora店员的故事太暖了。", "这样的人多一点就好了，给Kaffora点赞。"},
		smell:     {"我的Ember One冒烟了，Kaffora出来解释一下！", "Ember One有烧焦的味道，太危险了。", "{when}Ember One烫得吓人，已经拔掉了。"},
		calm:      {"Kaffora第二天就给我换了新的Ember One，处理得不错。", "Kaffora全额退款，还算负责。"},
		official:  {"非常抱歉给您带来不便，请把订单号发给我们，今天之内处理。", "您可以在应用的帮助页面找到答案。", "谢谢您的喜欢，我们会转告{city}的团队！"},
		statement: {"部分首批Ember One可能过热。编号以E1A开头的，请立即拔掉电源，我们免费更换：http://care.example/ember"},
	},
}
