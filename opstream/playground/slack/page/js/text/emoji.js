// Shortcodes people and bots use most, and their signs.
const TABLE = `
smile 😄|smiley 😃|grinning 😀|grin 😁|laughing 😆|joy 😂|rolling_on_the_floor_laughing 🤣|slightly_smiling_face 🙂
upside_down_face 🙃|wink 😉|blush 😊|innocent 😇|heart_eyes 😍|star-struck 🤩|kissing_heart 😘|yum 😋
stuck_out_tongue 😛|zany_face 🤪|money_mouth_face 🤑|hugging_face 🤗|thinking_face 🤔|zipper_mouth_face 🤐
neutral_face 😐|expressionless 😑|no_mouth 😶|smirk 😏|unamused 😒|face_with_rolling_eyes 🙄|grimacing 😬|relieved 😌
pensive 😔|sleepy 😪|sleeping 😴|mask 😷|dizzy_face 😵|exploding_head 🤯|sunglasses 😎|nerd_face 🤓|confused 😕
worried 😟|slightly_frowning_face 🙁|open_mouth 😮|hushed 😯|astonished 😲|flushed 😳|fearful 😨|cold_sweat 😰
cry 😢|sob 😭|scream 😱|disappointed 😞|sweat 😓|weary 😩|tired_face 😫|triumph 😤|rage 😡|angry 😠|skull 💀|ghost 👻
robot_face 🤖|wave 👋|raised_hand ✋|ok_hand 👌|v ✌️|crossed_fingers 🤞|point_left 👈|point_right 👉|point_up_2 👆
point_down 👇|point_up ☝️|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|fist ✊|clap 👏|raised_hands 🙌|pray 🙏|handshake 🤝
muscle 💪|writing_hand ✍️|eyes 👀|eye 👁️|brain 🧠|speech_balloon 💬|thought_balloon 💭|zzz 💤|shrug 🤷|facepalm 🤦
man-shrugging 🤷‍♂️|woman-shrugging 🤷‍♀️|technologist 🧑‍💻|firefighter 🧑‍🚒|detective 🕵️|ninja 🥷|people_holding_hands 🧑‍🤝‍🧑
busts_in_silhouette 👥|bust_in_silhouette 👤|heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙
purple_heart 💜|broken_heart 💔|100 💯|boom 💥|sparkles ✨|star ⭐|star2 🌟|dizzy 💫|fire 🔥|tada 🎉|confetti_ball 🎊
balloon 🎈|gift 🎁|trophy 🏆|medal 🏅|first_place_medal 🥇|dart 🎯|rocket 🚀|airplane ✈️|car 🚗|truck 🚚|ambulance 🚑
fire_engine 🚒|construction 🚧|vertical_traffic_light 🚦|rotating_light 🚨|stop_sign 🛑|octagonal_sign 🛑|anchor ⚓
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|heavy_multiplication_x ✖️
heavy_plus_sign ➕|heavy_minus_sign ➖|heavy_division_sign ➗|question ❓|grey_question ❔|exclamation ❗|grey_exclamation ❕
heavy_exclamation_mark ❗|bangbang ‼️|interrobang ⁉️|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|radioactive_sign ☢️
biohazard_sign ☣️|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵
large_purple_circle 🟣|large_brown_circle 🟤|white_circle ⚪|black_circle ⚫|large_red_square 🟥|large_orange_square 🟧
large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|white_large_square ⬜|black_large_square ⬛
small_blue_diamond 🔹|small_orange_diamond 🔸|large_blue_diamond 🔷|large_orange_diamond 🔶|radio_button 🔘
hourglass ⌛|hourglass_flowing_sand ⏳|watch ⌚|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|mantelpiece_clock 🕰️
clock1 🕐|clock2 🕑|clock3 🕒|clock4 🕓|clock5 🕔|clock6 🕕|clock7 🕖|clock8 🕗|clock9 🕘|clock10 🕙|clock11 🕚|clock12 🕛
calendar 📆|date 📅|spiral_calendar_pad 🗓️|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|chart 💹
clipboard 📋|memo 📝|pencil 📝|pencil2 ✏️|page_facing_up 📄|page_with_curl 📃|bookmark_tabs 📑|newspaper 📰|books 📚
book 📖|open_book 📖|bookmark 🔖|label 🏷️|scroll 📜|file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️|file_cabinet 🗄️
wastebasket 🗑️|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|old_key 🗝️|hammer 🔨|wrench 🔧|hammer_and_wrench 🛠️
gear ⚙️|nut_and_bolt 🔩|toolbox 🧰|link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍|scissors ✂️|triangular_ruler 📐
straight_ruler 📏|mag 🔍|mag_right 🔎|bulb 💡|flashlight 🔦|candle 🕯️|battery 🔋|electric_plug 🔌|zap ⚡|computer 💻
desktop_computer 🖥️|keyboard ⌨️|printer 🖨️|floppy_disk 💾|minidisc 💽|cd 💿|satellite_antenna 📡|phone ☎️
telephone_receiver 📞|iphone 📱|calling 📲|email ✉️|envelope ✉️|e-mail 📧|incoming_envelope 📨|inbox_tray 📥|outbox_tray 📤
package 📦|mailbox 📫|bell 🔔|no_bell 🔕|loudspeaker 📢|mega 📣|speaker 🔈|mute 🔇|moneybag 💰|dollar 💵|credit_card 💳
gem 💎|scales ⚖️|bank 🏦|office 🏢|house 🏠|factory 🏭|globe_with_meridians 🌐|earth_africa 🌍|earth_americas 🌎|world_map 🗺️
sunny ☀️|partly_sunny ⛅|cloud ☁️|rain_cloud 🌧️|thunder_cloud_and_rain ⛈️|lightning 🌩️|snowflake ❄️|umbrella ☂️|ocean 🌊
rainbow 🌈|crescent_moon 🌙|thermometer 🌡️|test_tube 🧪|microscope 🔬|telescope 🔭|dna 🧬|pill 💊|syringe 💉|stethoscope 🩺
bug 🐛|ant 🐜|spider 🕷️|snail 🐌|turtle 🐢|rabbit2 🐇|elephant 🐘|penguin 🐧|whale 🐳|octopus 🐙|unicorn_face 🦄|dog 🐶|cat 🐱
seedling 🌱|herb 🌿|four_leaf_clover 🍀|evergreen_tree 🌲|cactus 🌵|coffee ☕|tea 🍵|beer 🍺|pizza 🍕|cake 🍰|cookie 🍪
arrow_forward ▶️|double_vertical_bar ⏸️|pause_button ⏸️|black_square_for_stop ⏹️|stop_button ⏹️|record_button ⏺️|fast_forward ⏩
rewind ⏪|black_right_pointing_double_triangle_with_vertical_bar ⏭️|arrow_backward ◀️|arrow_up_small 🔼|arrow_down_small 🔽
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrow_up_down ↕️
leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|repeat 🔁|repeat_one 🔂|arrows_counterclockwise 🔄|arrows_clockwise 🔃
twisted_rightwards_arrows 🔀|new 🆕|up 🆙|cool 🆒|free 🆓|ok 🆗|sos 🆘|soon 🔜|end 🔚|back 🔙|on 🔛|top 🔝|information_source ℹ️
information_desk_person 💁|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣|hash #️⃣
checkered_flag 🏁|triangular_flag_on_post 🚩|waving_white_flag 🏳️|waving_black_flag 🏴|shield 🛡️|crossed_swords ⚔️|magnet 🧲
crystal_ball 🔮|compass 🧭|jigsaw 🧩|game_die 🎲|art 🎨|musical_note 🎵|movie_camera 🎥|camera 📷|film_frames 🎞️|ladder 🪜
bricks 🧱|chains ⛓️|hook 🪝|adhesive_bandage 🩹|infinity ♾️|recycle ♻️|heavy_dollar_sign 💲|copyright ©️|tm ™️
`;

const SIGNS = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((entry) => {
      const space = entry.lastIndexOf(" ");
      return [entry.slice(0, space), entry.slice(space + 1)];
    }),
);

/** The few a person reacts with most. */
export const QUICK = ["+1", "white_check_mark", "eyes", "tada", "heart", "rocket", "thinking_face", "x"];

export const emojiOf = (name) => SIGNS.get(name.split("::")[0]);

/** Return up to `limit` names that begin with, then that contain `part`. */
export function findEmoji(part, limit = 8) {
  const names = [...SIGNS.keys()];
  const first = names.filter((name) => name.startsWith(part));
  return [...first, ...names.filter((name) => !name.startsWith(part) && name.includes(part))].slice(0, limit);
}
