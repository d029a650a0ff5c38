#include "settings.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "driver.h"

namespace driver {

bool Settings::set(const std::string& name, const std::string& value) {
    if (name == "modules") modules = value, ++modulesVersion;
    else if (name == "order") order = value.empty() ? "forward" : value;
    else if (name == "async") deferred = value == "deferred";
    else if (name == "workers") workers = value.empty() ? 2 : unsigned(std::stoul(value));
    else if (name == "memory") memory = value.empty() ? size_t(8) << 30 : std::stoull(value);
    else if (name == "devices") devices = value.empty() ? 1 : std::stoi(value);
    else if (name == "lost") lost = value.empty() ? 0 : std::stol(value);
    else if (name == "graphs") graphsRefused = value == "refused";
    else if (name == "record") record = value;
    else if (name == "records") records = value.empty() ? 3 : unsigned(std::stoul(value));
    else if (name == "trace") trace = value == "1";
    else return false;
    return true;
}

Settings& settings() {
    static Settings& all = *[] {
        auto* fromEnvironment = new Settings;
        for (std::string name :
             {"modules", "order", "async", "workers", "memory", "devices", "lost", "graphs", "record", "records", "trace"}) {
            std::string variable = "CUDA_EMU_" + name;
            std::transform(variable.begin(), variable.end(), variable.begin(), ::toupper);
            if (const char* value = getenv(variable.c_str())) fromEnvironment->set(name, value);
        }
        return fromEnvironment;
    }();
    return all;
}

}  // namespace driver
